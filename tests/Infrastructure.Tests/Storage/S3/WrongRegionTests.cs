using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Infrastructure.Storage.S3.Setup;
using ImageBackend.Infrastructure.Tests.Configuration;
using ImageBackend.Testing;
using Microsoft.AspNetCore.Http;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>A wrong region, on a server that answers as Amazon documents it: Ceph accepts any.</summary>
public sealed class WrongRegionTests : IDisposable
{
    private const string AccessKey = "the-access-key";
    private const string SecretKey = "the-secret-key-of-this-test";
    private const string Malformed = "the region is wrong: the bucket is in eu-west-3; set EXO_DEFAULT_REGION=eu-west-3 (400 AuthorizationHeaderMalformed, request 4442587FB7D0A2F9).";
    private const string Redirected = "the region is wrong: the bucket is in eu-west-3; set EXO_DEFAULT_REGION=eu-west-3, and EXO_ENDPOINT to the address of that region (301 PermanentRedirect, request 4442587FB7D0A2F9).";

    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(400, Malformed)]
    [InlineData(301, Redirected)]
    public async Task Is_told_by_storage_check_and_storage_init_with_the_right_one_and_where_it_is_set(int status, string words)
    {
        await using FakeServer server = await FakeServer.StartAsync(context => AnswerAsync(context, status));
        BackendSettings settings = Settings(server);
        using IStorageSteps check = settings.Storage.Backend.Check(settings.StorageOptions);
        using IStorageSteps init = settings.Storage.Backend.Init(settings.StorageOptions)!;

        (await check.RunAsync(None).ToListAsync())[^1].Problem.Should().Be($"The S3 storage: {words}");
        (await init.RunAsync(None).ToListAsync()).Should().ContainSingle().Which.Problem.Should().Be($"The S3 storage: {words}");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(301)]
    public async Task Is_a_fault_of_every_call_with_the_right_one_and_where_it_is_set_and_no_key(int status)
    {
        await using FakeServer server = await FakeServer.StartAsync(context => AnswerAsync(context, status));
        using S3Stores stores = new(((S3Backend)Settings(server).Storage.Backend).Settings, "no-cache", new DirectoryInfo(_folder.Path), TimeProvider.System);
        IImageStorage active = stores.Stores.Active;

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => active.FindAsync(Key, None),
            () => active.OpenReadAsync(Key, None),
            () => active.PutAsync(Key, new MemoryStream(Encoding.ASCII.GetBytes("a photo")), ImageProperties.None, None),
            () => active.CopyFromAsync(stores.Stores.Incoming, Key, ImageProperties.None, None),
            () => active.DeleteAllAsync([Key], None),
            async () => await active.ListAsync(None).ToListAsync(),
        })
        {
            StorageException fault = (await call.Should().ThrowAsync<StorageException>()).Which;
            fault.Message.Should().StartWith("The active storage: the region is wrong: the bucket is in eu-west-3; set EXO_DEFAULT_REGION=eu-west-3");
            fault.ToString().Should().NotContain(AccessKey).And.NotContain(SecretKey);
        }
    }

    [Fact]
    public async Task Is_told_also_where_nothing_says_the_right_one()
    {
        await using FakeServer server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = 307;
            return Task.CompletedTask;
        });
        BackendSettings settings = Settings(server);
        using IStorageSteps init = settings.Storage.Backend.Init(settings.StorageOptions)!;

        (await init.RunAsync(None).ToListAsync()).Should().ContainSingle().Which.Problem
            .Should().Contain("the region is wrong; set EXO_DEFAULT_REGION to that of the bucket, and EXO_ENDPOINT to the address of that region");
    }

    [Fact]
    public async Task Is_none_when_a_request_is_refused_for_something_else()
    {
        await using FakeServer server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            context.Response.Headers["x-amz-bucket-region"] = "us-east-1";
            return Task.CompletedTask;
        });
        using S3Stores stores = new(((S3Backend)Settings(server).Storage.Backend).Settings, "no-cache", new DirectoryInfo(_folder.Path), TimeProvider.System);

        Func<Task> find = () => stores.Stores.Active.FindAsync(Key, None);

        await find.Should().ThrowAsync<StorageException>().WithMessage("*it refused the request*");
    }

    // Words and headers come from Amazon's documentation; the access key is included as in answers to other mistakes.
    private static Task AnswerAsync(HttpContext context, int status)
    {
        const string Ids = "<RequestId>4442587FB7D0A2F9</RequestId><HostId>Gttv</HostId>";
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        context.Response.Headers["x-amz-request-id"] = "4442587FB7D0A2F9";
        if (status == 301 || HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers["x-amz-bucket-region"] = "eu-west-3";
        }

        return context.AnswerAsync(status == 301
            ? $"""
               <?xml version="1.0" encoding="UTF-8"?>
               <Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.</Message><Endpoint>site-active.s3.eu-west-3.amazonaws.com</Endpoint><Bucket>site-active</Bucket>{Ids}</Error>
               """
            : $"""
               <?xml version="1.0" encoding="UTF-8"?>
               <Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-3'</Message><Region>eu-west-3</Region><AWSAccessKeyId>{AccessKey}</AWSAccessKeyId>{Ids}</Error>
               """);
    }

    private BackendSettings Settings(FakeServer server)
    {
        SettingsReader reader = new Variables
        {
            ["STORAGE_BACKEND"] = "s3",
            ["INCOMING_BUCKET"] = "site-incoming",
            ["ACTIVE_BUCKET"] = "site-active",
            ["INCOMING_PREFIX"] = "EXO",
            ["ACTIVE_PREFIX"] = "EXO",
            ["EXO_ENDPOINT"] = $"http://127.0.0.1:{server.Port}",
            ["EXO_ACCESS_KEY_ID"] = AccessKey,
            ["EXO_SECRET_KEY"] = SecretKey,
            ["TEMP_FOLDER"] = _folder.Path,
        }.Reader();
        BackendSettings settings = BackendSettings.Read(reader);
        reader.Mistakes.Should().BeEmpty();
        return settings;
    }
}
