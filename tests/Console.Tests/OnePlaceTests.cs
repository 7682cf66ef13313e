using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>Commands on folders that are one folder under two names.</summary>
public sealed class OnePlaceTests : IDisposable
{
    private readonly ImagesProgram _images = new();
    private readonly string[] _before;

    public OnePlaceTests()
    {
        Directory.CreateSymbolicLink(_images.PathOf("link"), Path.GetDirectoryName(_images.Active)!);
        _images.Variables["INCOMING_FOLDER"] = Path.Combine(_images.PathOf("link"), "active");
        foreach (string key in new[] { "1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_1SI.jpg" })
        {
            string path = Path.Combine(_images.Active, key);
            File.WriteAllBytes(path, TestPictures.Jpeg());
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3));
        }

        _before = Entries();
    }

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("clean")]
    [InlineData("resize --force")]
    [InlineData("verify --repair")]
    [InlineData("migrate")]
    [InlineData("storage check")]
    public async Task Nothing_is_done_to_them(string arguments)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(2);
        images.Errors.Should().Contain("ACTIVE_FOLDER: is the same folder as INCOMING_FOLDER").And.Contain("give each a folder of its own");
        Entries().Should().Equal(_before);
    }

    [Fact]
    public async Task Two_folders_are_checked_and_nothing_stays_of_it()
    {
        _images.Variables["INCOMING_FOLDER"] = _images.Incoming;

        Ended images = await _images.RunAsync("storage check");

        images.Code.Should().Be(0, images.Errors);
        images.Output.Should().Contain("ok       incoming, active: they are two folders").And.NotContain("PROBLEM");
        Entries().Should().Equal([".meta", .. _before]);
        ImagesProgram.ImagesIn(_images.Incoming).Should().BeEmpty();
    }

    private string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(_images.Active, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_images.Active, path)).Order(StringComparer.Ordinal)];
}

/// <summary>Commands on one bucket with two endpoints, used as two storages.</summary>
[Collection(S3Collection.Name)]
public sealed class OneBucketTests(S3Server server) : IAsyncLifetime
{
    private S3Images _images = null!;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is not null)
        {
            return;
        }

        _images = await S3Images.CreateAsync(server);
        _images.Variables["INCOMING_BUCKET"] = _images.Active;
        _images.Variables["INCOMING_PREFIX"] = "DIRECT";
        _images.Variables["DIRECT_ENDPOINT"] = server.Endpoint;
        _images.Variables["DIRECT_ACCESS_KEY_ID"] = server.AccessKey;
        _images.Variables["DIRECT_SECRET_KEY"] = server.SecretKey;
        await _images.PutAsync(_images.Active, "1475660224_1.jpg", Pictures.Jpeg(60, 40));
    }

    public async Task DisposeAsync()
    {
        if (_images is not null)
        {
            await _images.DisposeAsync();
        }
    }

    [NeedsS3Theory]
    [InlineData("clean", 2)]
    [InlineData("resize --force", 2)]
    [InlineData("verify --repair", 2)]
    [InlineData("storage check", 3)]
    [InlineData("storage init", 3)]
    public async Task Nothing_is_done_to_it(string arguments, int code)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(code, images.Errors);
        (images.Output + images.Errors).Should().Contain("is the same place as INCOMING_BUCKET under another name");
        (await _images.InAsync(_images.Active)).Should().Equal("1475660224_1.jpg");
        // The rule that init sets for incoming would remove everything published after a day.
        Func<Task> rules = async () => (await _images.Client.GetLifecycleConfigurationAsync(_images.Active)).Configuration.Rules.Should().BeNullOrEmpty();
        await rules.Should().NotThrowAsync<Xunit.Sdk.XunitException>();
    }

    [NeedsS3Fact]
    public async Task What_only_reads_puts_nothing_there()
    {
        (Ended images, S3Counts counts) = await _images.CountAsync("resize --plan");

        images.Code.Should().Be(0, images.Errors);
        (counts.Puts + counts.Deletes).Should().Be(0);
    }
}
