using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Storages as the predecessors left them, and what they would find in ours.</summary>
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
        Dictionary<string, byte[]> files = await LeaveAsync(_service.Incoming, original);

        using HttpResponseMessage response = await _service.PublishAsync(original);

        await response.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        (await _service.Active.NamesAsync()).Should().BeEquivalentTo(files.Keys);
        await ShouldHoldAsync(_service.Active, files);
    }

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task In_active_are_served_published_and_deleted(string original)
    {
        Dictionary<string, byte[]> files = await LeaveAsync(_service.Active, original);
        string[] others = [.. (await LeaveAsync(_service.Active, "1475660224_88.jpg")).Keys];

        foreach ((string name, byte[] content) in files)
        {
            (await _service.Client.GetByteArrayAsync($"/active/{name}")).Should().Equal(content);
        }

        using HttpResponseMessage published = await _service.PublishAsync(original);
        await published.ShouldBeJsonAsync(200);
        await ShouldHoldAsync(_service.Active, files);

        using HttpResponseMessage deleted = await _service.DeleteAsync(original);
        (await deleted.ShouldBeJsonAsync(200)).TryGetProperty("ignored", out _).Should().BeFalse();
        (await _service.Active.NamesAsync()).Should().BeEquivalentTo(others);
    }

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task In_incoming_are_deleted(string original)
    {
        await LeaveAsync(_service.Incoming, original);

        using HttpResponseMessage response = await _service.DeleteAsync(original);

        await response.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("/delete", "filenames")]
    [InlineData("/rotate", "filename")]
    public async Task Thumbnails_of_a_former_size_go_with_their_image(string path, string field)
    {
        const string Original = "1475660224_0882910455.jpg";
        await using TestService service = await TestService.StartAsync(("FORMER_SIZES", "XL, old"));
        await LeaveAsync(service.Active, Original);
        await LeaveAsync(service.Active, "1475660224_0882910456.jpg");
        string[] former = ["1475660224_0882910455XL.jpg", "1475660224_0882910455XL.webp", "1475660224_0882910455old.avif", "1475660224_0882910455old.jpg"];
        foreach (string name in former.Append("1475660224_0882910456XL.jpg").Append("1475660224_0882910455XX.jpg"))
        {
            await service.Active.PutAsync(name, Pictures.Jpeg(30, 20));
        }

        using HttpResponseMessage published = await service.PublishAsync(former[0]);
        using HttpResponseMessage removed = await service.PostAsync(path, ("secret", TestService.Secret), (field, Original), ("rotation", "90"));

        await published.ShouldBeProblemAsync(400, "bad_key");
        await removed.ShouldBeJsonAsync(200);
        string[] left = [.. await service.Active.NamesAsync()];
        left.Should().NotContain(former).And.NotContain(Original);
        left.Should().Contain(["1475660224_0882910456.jpg", "1475660224_0882910456XL.jpg", "1475660224_0882910455XX.jpg"], "the one is of another image, the other of no size");
    }

    [Fact]
    public async Task That_made_webp_and_avif_too_have_them_moved_and_deleted()
    {
        const string Original = "1795476840_8949103649.jpg";
        await LeaveAsync(_service.Incoming, Original);
        string[] modern = ["1795476840_8949103649BI.webp", "1795476840_8949103649MI.avif"];
        foreach (string name in modern)
        {
            await _service.Incoming.PutAsync(name, [1, 2, 3]);
        }

        using HttpResponseMessage published = await _service.PublishAsync(Original);
        await published.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        (await _service.Active.NamesAsync()).Should().HaveCount(6).And.Contain(modern);

        using HttpResponseMessage deleted = await _service.DeleteAsync(Original);
        await deleted.ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task That_lost_thumbnails_get_them_at_publish()
    {
        await LeaveAsync(_service.Incoming, "1475660224_882910455.jpg");
        await _service.Incoming.RemoveAsync("1475660224_882910455MI.jpg");

        using HttpResponseMessage response = await _service.PublishAsync("1475660224_882910455.jpg");

        await response.ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
        Look.SizeOf((await _service.Active.ReadAsync("1475660224_882910455MI.jpg"))).Should().Be((400, 265));
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
        (await _service.Active.NamesAsync()).Should().BeEquivalentTo(
            key, $"{key[..^4]}BI.{thumbnail}", $"{key[..^4]}MI.{thumbnail}", $"{key[..^4]}SI.{thumbnail}");
    }

    [Fact]
    [Trait("Storage", "folders")]
    public async Task Have_nothing_but_images_in_their_folders_and_one_hidden_folder()
    {
        string older = "1475660224_882910455.jpg";
        await LeaveAsync(_service.Incoming, older);
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        foreach (string one in new[] { older, key })
        {
            await (await _service.PublishAsync(one)).ShouldBeJsonAsync(200);
        }

        (await _service.Active.EverythingAsync()).Where(name => !name.StartsWith(".meta/", StringComparison.Ordinal))
            .Should().HaveCount(9).And.Contain([older, key, ".meta"]);
    }

    private static byte[] Original(string extension) => extension switch
    {
        "jpg" => Pictures.Jpeg(620, 410),
        "png" => Pictures.Png(620, 410),
        "gif" => Pictures.AnimatedGif(620, 410, [100, 100, 100], 0),
        _ => Pictures.SvgBytes(620, 410),
    };

    private static async Task ShouldHoldAsync(TestStorage storage, Dictionary<string, byte[]> files)
    {
        foreach ((string name, byte[] content) in files)
        {
            (await storage.ReadAsync(name)).Should().Equal(content);
        }
    }

    /// <returns>The names and contents of an original and three thumbnails that a storage has now.</returns>
    private static async Task<Dictionary<string, byte[]>> LeaveAsync(TestStorage storage, string original)
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
            await storage.PutAsync(name, content);
        }

        return files;
    }
}
