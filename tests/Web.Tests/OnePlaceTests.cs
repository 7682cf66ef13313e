using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>
/// A service whose incoming and active are one place under two names: it would publish what is published, and remove it as the copy's
/// source.
/// </summary>
[Trait("Storage", "folders")]
public sealed class OnePlaceTests : IDisposable
{
    private static readonly string[] Published = ["1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_1SI.jpg"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("link/images", "is the same folder as INCOMING_FOLDER")]
    [InlineData("real/images/inside", "is inside INCOMING_FOLDER")]
    public async Task It_does_not_start_and_all_images_stay(string active, string problem)
    {
        string images = Directory.CreateDirectory(_folder.File("real/images")).FullName;
        Directory.CreateDirectory(_folder.File("real/images/inside"));
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("real"));
        foreach (string name in Published)
        {
            await File.WriteAllBytesAsync(Path.Combine(images, name), Pictures.Jpeg(60, 40));
        }

        using ServiceProcess service = ServiceProcess.Start(
            _folder,
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("INCOMING_FOLDER", images),
            ("ACTIVE_FOLDER", _folder.File(active)),
            ("TEMP_FOLDER", _folder.Folder("temp")));

        (await service.ExitCodeAsync()).Should().Be(2);
        string.Join('\n', service.Errors).Should().Contain($"ACTIVE_FOLDER: ").And.Contain(problem).And.Contain("a folder of its own");
        Directory.EnumerateFiles(images).Select(Path.GetFileName).Should().BeEquivalentTo(Published);
    }
}

/// <summary>The same with one bucket that has two endpoints.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class OneBucketTests(S3Server server) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsS3Fact]
    public async Task It_does_not_start_and_all_images_stay()
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        string bucket = await server.CreateBucketAsync("both");
        await server.PutAsync(bucket, "1475660224_1.jpg", Pictures.Jpeg(60, 40));
        using ServiceProcess service = ServiceProcess.Start(
            _folder,
            [
                ("API_SECRET_KEY", TestService.Secret),
                ("SERVICE_PORT", "0"),
                ("STORAGE_BACKEND", "s3"),
                ("TEMP_FOLDER", _folder.Folder("temp")),
                ("INCOMING_BUCKET", bucket),
                ("ACTIVE_BUCKET", bucket),
                ("INCOMING_PREFIX", "ONE"),
                ("ACTIVE_PREFIX", "TWO"),
                ("ONE_ENDPOINT", server.Endpoint),
                ("TWO_ENDPOINT", proxy.Endpoint),
                .. new[] { "ONE", "TWO" }.SelectMany(prefix => new[] { ($"{prefix}_ACCESS_KEY_ID", server.AccessKey), ($"{prefix}_SECRET_KEY", server.SecretKey) }),
            ]);

        (await service.ExitCodeAsync()).Should().Be(2);
        string.Join('\n', service.Errors).Should().Contain("ACTIVE_BUCKET: is the same place as INCOMING_BUCKET under another name");
        (await server.KeysInAsync(bucket)).Should().Equal("1475660224_1.jpg");
        await server.DropBucketAsync(bucket);
    }

    [NeedsS3Fact]
    public async Task A_server_that_is_away_at_start_keeps_it_from_no_start_and_from_every_loss()
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        string bucket = await server.CreateBucketAsync("both");
        bool isAway = true;
        proxy.Faults = _ => isAway ? S3Fault.InternalError : null;
        await using TestService service = await TestService.StartAsync(
            await TestStorages.OnS3Async(server, proxy.Endpoint),
            ("INCOMING_BUCKET", bucket),
            ("ACTIVE_BUCKET", bucket),
            ("ACTIVE_PREFIX", "TWO"),
            ("TWO_ENDPOINT", server.Endpoint),
            ("TWO_ACCESS_KEY_ID", server.AccessKey),
            ("TWO_SECRET_KEY", server.SecretKey));
        isAway = false;
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage published = await service.PublishAsync(key);

        await published.ShouldBeProblemAsync(503, "storage_unavailable");
        (await server.KeysInAsync(bucket)).Should().Contain(key);
        await server.DropBucketAsync(bucket);
    }
}
