using System.Text.Json;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Web.Tests;

/// <summary>Crop, recrop and rotate over HTTP, on real pictures.</summary>
public sealed class ChangeTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync()
    {
        Directory.EnumerateFileSystemEntries(_service.Temp).Should().BeEmpty();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("60x40+60+40")]
    [InlineData("60x40 60 40")] // plus signs that a client forgot to encode arrive as spaces
    public async Task A_crop_at_publish_shows_in_the_thumbnails_only(string crop)
    {
        byte[] photo = Pictures.Jpeg(120, 80);
        string key = await _service.UploadedAsync(photo);

        using HttpResponseMessage response = await _service.PostAsync("/publish", ("secret", TestService.Secret), ("filename", key), ("crop", crop));

        await response.ShouldBeJsonAsync(200);
        (await ActiveAsync(key)).Should().Equal(photo);
        byte[] big = await ActiveAsync(Thumbnail(key, "BI"));
        Look.SizeOf(big).Should().Be((60, 40));
        Look.AtQuadrants(big).Should().AllSatisfy(colour => colour.DistanceTo(Pictures.Pale).Should().BeLessThan(24));
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("0x10+0+0")]
    [InlineData("10x10")]
    [InlineData("all")]
    [InlineData("10x10+120+0")]
    [InlineData("99999999999x1+0+0")]
    [InlineData("10x10+0+0;10x10+0+0")]
    public async Task A_bad_crop_is_refused_and_changes_nothing(string crop)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);
        byte[] before = await ActiveAsync(Thumbnail(key, "BI"));

        foreach (string path in new[] { "/publish", "/recrop" })
        {
            using HttpResponseMessage response = await _service.PostAsync(path, ("secret", TestService.Secret), ("filename", key), ("crop", crop));
            await response.ShouldBeProblemAsync(400, "bad_crop");
        }

        (await ActiveAsync(Thumbnail(key, "BI"))).Should().Equal(before);
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_crop_is_none()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(120, 80));

        using HttpResponseMessage response = await _service.PostAsync("/publish", ("secret", TestService.Secret), ("filename", key), ("crop", ""));

        await response.ShouldBeJsonAsync(200);
        Look.SizeOf(await ActiveAsync(Thumbnail(key, "BI"))).Should().Be((120, 80));
    }

    [Fact]
    [Trait("fault", "v6-5")]
    public async Task Recrop_answers_with_a_new_name_and_keeps_the_old_image()
    {
        byte[] photo = Pictures.Jpeg(120, 80);
        string old = await _service.UploadedAsync(photo);
        await (await _service.PublishAsync(old)).ShouldBeJsonAsync(200);

        using HttpResponseMessage response = await _service.PostAsync("/recrop", ("secret", TestService.Secret), ("filename", old), ("crop", "20x30+0+0"));
        string made = (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;

        made.Should().NotBe(old);
        (await ActiveAsync(made)).Should().Equal(photo);
        Look.SizeOf(await ActiveAsync(Thumbnail(made, "BI"))).Should().Be((20, 30));
        Look.SizeOf(await ActiveAsync(Thumbnail(old, "BI"))).Should().Be((120, 80));
    }

    [Theory]
    [InlineData("90")]
    [InlineData("-90")]
    [InlineData("180")]
    [Trait("fault", "c2c-9")]
    public async Task Rotate_answers_with_a_new_name_and_removes_the_old_image(string rotation)
    {
        string old = await _service.UploadedAsync(Pictures.OrientedJpeg(120, 80, orientation: 6));
        await (await _service.PublishAsync(old)).ShouldBeJsonAsync(200);

        using HttpResponseMessage response = await RotateAsync(old, rotation);
        string made = (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;

        (await _service.Active.NamesAsync()).Should().BeEquivalentTo(made, Thumbnail(made, "BI"), Thumbnail(made, "MI"), Thumbnail(made, "SI"));
        Look.SizeOf(await ActiveAsync(Thumbnail(made, "BI"))).Should().Be(rotation == "180" ? (120, 80) : (80, 120));
        using Image original = Image.NewFromBuffer(await ActiveAsync(made));
        (original.Contains("orientation") ? (int)original.Get("orientation") : 1).Should().Be(1);
        using HttpResponseMessage again = await RotateAsync(old, rotation);
        (await again.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().Be(made, "its answer may have been lost");
        using HttpResponseMessage otherwise = await RotateAsync(old, rotation == "90" ? "180" : "90");
        await otherwise.ShouldBeProblemAsync(404, "unknown_image");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public async Task Rotate_without_a_rotation_turns_clockwise_as_c2c_does(string? json)
    {
        string old = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        await (await _service.PublishAsync(old)).ShouldBeJsonAsync(200);
        using StringContent body = new(
            $$"""{"secret":"{{TestService.Secret}}","filename":"{{old}}","rotation":{{json}}}""", System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = json is null ? await RotateAsync(old) : await _service.Client.PostAsync("/rotate", body);

        string made = (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        byte[] big = await ActiveAsync(Thumbnail(made, "BI"));
        Look.SizeOf(big).Should().Be((80, 120));
        Look.AtQuadrants(big)[1].DistanceTo(Pictures.Red).Should().BeLessThan(24, "what was the upper left is the upper right");
    }

    [Fact]
    [Trait("Engine", "libvips")]
    public async Task What_can_not_be_turned_is_refused()
    {
        string photo = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        string drawing = await _service.UploadedAsync(Pictures.SvgBytes());
        await (await _service.PublishAsync(photo)).ShouldBeJsonAsync(200);
        await (await _service.PublishAsync(drawing)).ShouldBeJsonAsync(200);

        await (await RotateAsync(photo, "45")).ShouldBeProblemAsync(400, "bad_rotation");
        await (await RotateAsync(photo, "90", "90")).ShouldBeProblemAsync(400, "bad_rotation");
        await (await RotateAsync(photo, "")).ShouldBeProblemAsync(400, "bad_rotation");
        await (await RotateAsync(drawing, "90")).ShouldBeProblemAsync(400, "bad_rotation");
        (await _service.Active.NamesAsync()).Should().HaveCount(8);
    }

    [Fact]
    public async Task JSON_with_a_number_turns_too()
    {
        string key = await _service.UploadedAsync(Pictures.Png(120, 80));
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);
        using StringContent body = new(JsonSerializer.Serialize(new { secret = TestService.Secret, filename = key, rotation = 90 }), System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await _service.Client.PostAsync("/rotate", body);

        await response.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(6, true)]
    [Trait("fault", "c2c-17")]
    public async Task AUTO_ORIENT_ORIGINAL_touches_only_what_stands_on_its_side(int orientation, bool isChanged)
    {
        await using TestService service = await TestService.StartAsync(("AUTO_ORIENT_ORIGINAL", "1"));
        byte[] photo = Pictures.OrientedJpeg(120, 80, orientation);

        string key = await service.UploadedAsync(photo);

        byte[] stored = await service.Incoming.ReadAsync(key);
        stored.SequenceEqual(photo).Should().Be(!isChanged);
        Look.SizeOf(stored).Should().Be((120, 80));
    }

    [Fact]
    [Trait("Engine", "libvips")]
    public async Task RESIZING_CONFIG_names_other_thumbnails()
    {
        await using TestService service = await TestService.StartAsync(("RESIZING_CONFIG", """
            [{"suffix": "L", "convert": ["-resize", "100x100>", "-quality", "80", "-interlace", "Plane"]},
             {"suffix": "XS", "convert": ["-thumbnail", "50x50", "-gravity", "north", "-background", "#1eb41e", "-extent", "50x50"]}]
            """));

        string key = await service.UploadedAsync(Pictures.Jpeg(120, 80));

        (await service.Incoming.NamesAsync()).Should().BeEquivalentTo(key, Thumbnail(key, "L"), Thumbnail(key, "XS"));
        Look.SizeOf(await service.Incoming.ReadAsync(Thumbnail(key, "L"))).Should().Be((100, 67));
        byte[] small = await service.Incoming.ReadAsync(Thumbnail(key, "XS"));
        Look.SizeOf(small).Should().Be((50, 50));
        double[] below = Look.PixelAt(small, 25, 45);
        new Rgb((int)below[0], (int)below[1], (int)below[2]).DistanceTo(Pictures.Green).Should().BeLessThan(12);
        using HttpResponseMessage refused = await service.PublishAsync(Thumbnail(key, "XS"));
        await refused.ShouldBeProblemAsync(400, "bad_key");
    }

    [Fact]
    [Trait("fault", "c2c-2")]
    [Trait("Engine", "libvips")]
    public async Task WebP_and_AVIF_come_in_the_background_also_of_a_drawing()
    {
        await using TestService service = await TestService.StartAsync(("GENERATE_WEBP", "1"), ("GENERATE_AVIF", "1"));
        foreach (byte[] picture in new[] { Pictures.Jpeg(120, 80), Pictures.SvgBytes(), Pictures.AnimatedGif(40, 30, [100, 100, 100], 0) })
        {
            string key = await service.UploadedAsync(picture);
            await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
            string stem = Path.GetFileNameWithoutExtension(key);
            await Eventually.IsAsync(async () => (await service.Active.NamesAsync()).Count(name => name.StartsWith(stem, StringComparison.Ordinal)) == 10
                && (await service.Incoming.NamesAsync()).Count == 0, tries: 1200);

            foreach ((string extension, string type) in new[] { ("webp", "image/webp"), ("avif", "image/avif") })
            {
                using HttpResponseMessage response = await service.Client.GetAsync($"/active/{stem}MI.{extension}");
                response.Content.Headers.ContentType!.MediaType.Should().Be(type);
            }
        }
    }

    private static string Thumbnail(string key, string suffix) => $"{Path.GetFileNameWithoutExtension(key)}{suffix}{Path.GetExtension(key)}";

    private Task<HttpResponseMessage> RotateAsync(string key, params string[] rotations) =>
        _service.PostAsync("/rotate", [("secret", TestService.Secret), ("filename", key), .. rotations.Select(rotation => ("rotation", rotation))]);

    private Task<byte[]> ActiveAsync(string key) => _service.Client.GetByteArrayAsync($"/active/{key}");
}
