using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Folders as the predecessors left them, and what they will find in ours.</summary>
[Trait("fault", "c2c-1")]
public sealed class OlderSitesTests : IAsyncLifetime
{
    private TestService _service = null!;

    /// <summary>v6 does not pad its numbers, c2c does; both keep drawings with JPEG thumbnails.</summary>
    public static TheoryData<string> Originals =>
    [
        "1475660224_882910455.jpg", "1795476972_593499043.png", "1475660224_7.gif", "1795476840_8949103649.jpg", "1795476840_0000103649.svg",
        "1475660225_12345.svg", "image1.1.jpg",
    ];

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task In_incoming_are_published_as_they_are(string original)
    {
        Dictionary<string, byte[]> files = Leave(_service.Incoming, original);

        using HttpResponseMessage response = await _service.PublishAsync(original);

        await response.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Incoming).Should().BeEmpty();
        TestService.ImagesIn(_service.Active).Should().BeEquivalentTo(files.Keys);
        files.Should().AllSatisfy(file => File.ReadAllBytes(Path.Combine(_service.Active, file.Key)).Should().Equal(file.Value));
        Directory.EnumerateFileSystemEntries(_service.Active).Select(path => Path.GetFileName(path)).Should().BeSubsetOf([.. files.Keys, ".meta"]);
    }

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task In_active_are_served_published_and_deleted(string original)
    {
        Dictionary<string, byte[]> files = Leave(_service.Active, original);
        string[] others = [.. Leave(_service.Active, "1475660224_88.jpg").Keys];

        foreach ((string name, byte[] content) in files)
        {
            (await _service.Client.GetByteArrayAsync($"/active/{name}")).Should().Equal(content);
        }

        using HttpResponseMessage published = await _service.PublishAsync(original);
        await published.ShouldBeJsonAsync(200);
        files.Should().AllSatisfy(file => File.ReadAllBytes(Path.Combine(_service.Active, file.Key)).Should().Equal(file.Value));

        using HttpResponseMessage deleted = await _service.DeleteAsync(original);
        (await deleted.ShouldBeJsonAsync(200)).TryGetProperty("ignored", out _).Should().BeFalse();
        TestService.ImagesIn(_service.Active).Should().BeEquivalentTo(others);
    }

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task In_incoming_are_deleted(string original)
    {
        Leave(_service.Incoming, original);

        using HttpResponseMessage response = await _service.DeleteAsync(original);

        await response.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Incoming).Should().BeEmpty();
    }

    [Fact]
    public async Task That_made_webp_and_avif_too_have_them_moved_and_deleted()
    {
        const string Original = "1795476840_8949103649.jpg";
        Leave(_service.Incoming, Original);
        string[] modern = ["1795476840_8949103649BI.webp", "1795476840_8949103649MI.avif"];
        foreach (string name in modern)
        {
            await File.WriteAllBytesAsync(Path.Combine(_service.Incoming, name), [1, 2, 3]);
        }

        using HttpResponseMessage published = await _service.PublishAsync(Original);
        await published.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Incoming).Should().BeEmpty();
        TestService.ImagesIn(_service.Active).Should().HaveCount(6).And.Contain(modern);

        using HttpResponseMessage deleted = await _service.DeleteAsync(Original);
        await deleted.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Active).Should().BeEmpty();
    }

    [Fact]
    public async Task That_lost_thumbnails_get_them_at_publish()
    {
        Leave(_service.Incoming, "1475660224_882910455.jpg");
        File.Delete(Path.Combine(_service.Incoming, "1475660224_882910455MI.jpg"));

        using HttpResponseMessage response = await _service.PublishAsync("1475660224_882910455.jpg");

        await response.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Active).Should().HaveCount(4);
        Look.SizeOf(File.ReadAllBytes(Path.Combine(_service.Active, "1475660224_882910455MI.jpg"))).Should().Be((400, 265));
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("svg")]
    public async Task Find_what_is_published_here_under_their_names(string extension)
    {
        string key = await _service.UploadedAsync(Original(extension));
        using HttpResponseMessage response = await _service.PublishAsync(key);
        await response.ShouldBeJsonAsync(200);

        key.Should().MatchRegex(@"^\d{10}_\d{10}\.(jpg|png|gif|svg)$", "c2c takes no other");
        key.Length.Should().BeLessThanOrEqualTo(30, "that is what the sites' databases hold");
        string thumbnail = extension == "svg" ? "jpg" : extension;
        TestService.ImagesIn(_service.Active).Should().BeEquivalentTo(
            key, $"{key[..^4]}BI.{thumbnail}", $"{key[..^4]}MI.{thumbnail}", $"{key[..^4]}SI.{thumbnail}");
        Directory.EnumerateFileSystemEntries(_service.Active).Select(path => Path.GetFileName(path)).Should().HaveCount(5).And.Contain(".meta");
    }

    private static byte[] Original(string extension) => extension switch
    {
        "jpg" => Pictures.Jpeg(620, 410),
        "png" => Pictures.Png(620, 410),
        "gif" => Pictures.AnimatedGif(620, 410, [100, 100, 100], 0),
        _ => Pictures.SvgBytes(620, 410),
    };

    /// <returns>The names and contents of an original and three thumbnails that lie in a folder now.</returns>
    private static Dictionary<string, byte[]> Leave(string folder, string original)
    {
        string extension = original[^3..];
        string stem = original[..^4];
        Dictionary<string, byte[]> files = new() { [original] = Original(extension) };
        string thumbnail = extension == "svg" ? "jpg" : extension;
        foreach ((string suffix, int width, int height) in new[] { ("BI", 620, 410), ("MI", 400, 265), ("SI", 200, 200) })
        {
            files[$"{stem}{suffix}.{thumbnail}"] = thumbnail == "jpg" ? Pictures.Jpeg(width, height) : Pictures.Png(width, height);
        }

        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }

        return files;
    }
}
