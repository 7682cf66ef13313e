using Amazon.S3.Model;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Infrastructure.Storage.S3.Setup;
using ImageBackend.Infrastructure.Tests.Configuration;
using ImageBackend.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>`images storage init` and `images storage check`, on the real server.</summary>
[Collection(S3Collection.Name)]
public sealed class StorageCheckTests(S3Server server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _name = $"test-{Guid.NewGuid():N}";

    public void Dispose() => _folder.Dispose();

    [NeedsS3Fact]
    [Trait("fault", "c2c-20")]
    public async Task What_was_made_is_found_right_and_cleans_itself()
    {
        BackendSettings settings = Settings();

        (await InitAsync(settings)).Should().OnlyContain(step => step.Problem == null && step.Note == null);
        (await InitAsync(settings)).Should().OnlyContain(step => step.Problem == null && step.Note == null, "it can be repeated");
        (await CheckAsync(settings)).Should().OnlyContain(step => step.Problem == null && step.Note == null);

        (await server.KeysInAsync(_name + "-incoming")).Should().BeEmpty();
        (await server.KeysInAsync(_name + "-active")).Should().BeEmpty();
        List<LifecycleRule> rules = (await server.Client.GetLifecycleConfigurationAsync(_name + "-incoming")).Configuration.Rules;
        rules.Should().Contain(rule => rule.Expiration != null && rule.Expiration.Days == 1);
        rules.Should().Contain(rule => rule.AbortIncompleteMultipartUpload != null);
        (await server.Client.GetLifecycleConfigurationAsync(_name + "-active")).Configuration.Rules.Should().OnlyContain(rule => rule.Expiration == null);
        await DropAsync();
    }

    [NeedsS3Fact]
    public async Task Without_acls_a_policy_opens_active()
    {
        BackendSettings settings = Settings(("S3_ACL", "none"));

        await InitAsync(settings);

        (await CheckAsync(settings)).Should().OnlyContain(step => step.Problem == null);
        await DropAsync();
    }

    [NeedsS3Fact]
    public async Task Rules_of_others_stay()
    {
        await server.Client.PutBucketAsync(_name + "-incoming");
        await server.Client.PutLifecycleConfigurationAsync(_name + "-incoming", new LifecycleConfiguration
        {
            Rules =
            [
                new LifecycleRule
                {
                    Id = "theirs",
                    Status = Amazon.S3.LifecycleRuleStatus.Enabled,
                    Filter = new LifecycleFilter { Prefix = "logs/" },
                    Expiration = new LifecycleRuleExpiration { Days = 30 },
                },
            ],
        });

        IReadOnlyList<StorageStep> steps = await InitAsync(Settings());

        steps.Should().ContainSingle(step => step.Note != null).Which.Note.Should().Contain("rules of its own");
        (await server.Client.GetLifecycleConfigurationAsync(_name + "-incoming")).Configuration.Rules.Should().ContainSingle().Which.Id.Should().Be("theirs");
        await DropAsync();
    }

    [NeedsS3Fact]
    public async Task A_missing_bucket_is_named_with_its_remedy() =>
        (await CheckAsync(Settings()))[^1].Problem.Should().Be($"there is no bucket {_name}-incoming; `images storage init` makes it");

    [NeedsS3Theory]
    [InlineData("TEST_SECRET_KEY", "a-wrong-secret", "the secret key is wrong")]
    [InlineData("TEST_ACCESS_KEY_ID", "nobodysaccess", "the access key is not known there")]
    [InlineData("TEST_ENDPOINT", "http://127.0.0.1:1", "nothing listens at the endpoint")]
    [InlineData("TEST_ENDPOINT", "http://nowhere.invalid", "the endpoint's name is not known")]
    public async Task What_is_wrong_is_said_in_plain_words_without_keys(string name, string value, string words)
    {
        string problem = (await CheckAsync(Settings((name, value))))[^1].Problem!;

        problem.Should().Contain(words).And.NotContain(server.SecretKey).And.NotContain(server.AccessKey);
        if (name != "TEST_ENDPOINT")
        {
            problem.Should().NotContain(value);
        }
    }

    [NeedsS3Theory]
    [InlineData(61, "61 minutes ahead")]
    [InlineData(-61, "61 minutes behind")]
    public async Task A_wrong_clock_is_said(int minutes, string words)
    {
        FakeTimeProvider time = new(TimeProvider.System.GetUtcNow().AddMinutes(minutes));

        (await CheckAsync(Settings(), time))[^1].Problem.Should().Contain(words);
    }

    [NeedsS3Fact]
    public async Task An_incoming_bucket_that_is_public_is_a_problem()
    {
        BackendSettings settings = Settings(("S3_ACL", "none"));
        await InitAsync(settings);
        await server.Client.PutBucketPolicyAsync(
            _name + "-incoming",
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{_name}}-incoming/*"}]}""");

        (await CheckAsync(settings))[^1].Problem.Should().Contain("anybody can read it");
        (await server.KeysInAsync(_name + "-incoming")).Should().BeEmpty("the object of the check is removed");
        await DropAsync();
    }

    [NeedsS3Fact]
    public async Task An_active_bucket_that_nobody_can_read_is_a_problem()
    {
        await InitAsync(Settings());

        (await CheckAsync(Settings(("S3_ACL", "none"))))[^1].Problem.Should().Contain("nobody else can read it");
        await DropAsync();
    }

    private static async Task<IReadOnlyList<StorageStep>> CheckAsync(BackendSettings settings, TimeProvider? time = null)
    {
        S3Settings s3 = ((S3Backend)settings.Storage.Backend).Settings;
        time ??= TimeProvider.System;
        using StorageCheck check = new(s3, settings.Storage.CacheControl, new S3Stores(s3, settings.Storage.CacheControl, settings.TempFolder, time), time);
        return await check.RunAsync(CancellationToken.None).ToListAsync();
    }

    private static async Task<IReadOnlyList<StorageStep>> InitAsync(BackendSettings settings)
    {
        using IStorageSteps init = settings.Storage.Backend.Init(settings.StorageOptions)!;
        return await init.RunAsync(CancellationToken.None).ToListAsync();
    }

    private BackendSettings Settings(params (string Name, string Value)[] changes)
    {
        Variables variables = new()
        {
            ["STORAGE_BACKEND"] = "s3",
            ["INCOMING_BUCKET"] = _name + "-incoming",
            ["ACTIVE_BUCKET"] = _name + "-active",
            ["INCOMING_PREFIX"] = "TEST",
            ["ACTIVE_PREFIX"] = "TEST",
            ["TEST_ENDPOINT"] = server.Endpoint,
            ["TEST_ACCESS_KEY_ID"] = server.AccessKey,
            ["TEST_SECRET_KEY"] = server.SecretKey,
            ["TEMP_FOLDER"] = _folder.Path,
        };
        foreach ((string name, string value) in changes)
        {
            variables[name] = value;
        }

        SettingsReader reader = variables.Reader();
        BackendSettings settings = BackendSettings.Read(reader);
        reader.Mistakes.Should().BeEmpty();
        return settings;
    }

    private async Task DropAsync()
    {
        await server.DropBucketAsync(_name + "-incoming");
        await server.DropBucketAsync(_name + "-active");
    }
}
