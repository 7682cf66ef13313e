using System.Text;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Photos in formats that are not stored become originals like any other.</summary>
[Trait("Engine", "libvips")]
public sealed class ForeignUploadTests
{
    private static readonly byte[] Exif = ExifWriter.Photo(isBigEndian: false, orientation: 6);

    public static TheoryData<string> Kinds => ["webp", "avif"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Are_stored_upright_as_JPEG_with_thumbnails_of_the_same_sizes(string kind)
    {
        await using TestService service = await TestService.StartAsync();

        JsonElement answer = await UploadAsync(service, Photo(kind));

        ImageKey key = ImageKey.Parse(answer.GetProperty("filename").GetString()!);
        key.Format.Should().Be(ImageFormat.Jpeg);
        answer.GetProperty("convertedFrom").GetString().Should().Be(kind);
        answer.GetProperty("format").GetString().Should().Be("jpg");
        answer.GetProperty("takenAt").GetString().Should().Be("2026-07-14T09:31:05.12+02:00");
        (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()).Should().Be((400, 600));
        byte[] stored = await service.Incoming.ReadAsync(key.ToString());
        answer.GetProperty("bytes").GetInt64().Should().Be(stored.Length);
        answer.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stored)));
        Look.SizeOf(stored).Should().Be((400, 600));
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            byte[] thumbnail = await service.Incoming.ReadAsync(key.Thumbnail(spec).ToString());
            PixelSize size = spec.SizeOf(new PixelSize(400, 600));
            Look.SizeOf(thumbnail).Should().Be((size.Width, size.Height));
            Look.ExtrasOf(thumbnail).Should().BeEmpty();
        }

        (await service.Incoming.NamesAsync()).Should().HaveCount(1 + ThumbnailSet.Default.Specs.Count);
        TempLeft.In(service.Temp).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Are_published_turned_and_deleted(string kind)
    {
        await using TestService service = await TestService.StartAsync(("GENERATE_WEBP", "1"));
        string key = (await UploadAsync(service, Photo(kind))).GetProperty("filename").GetString()!;

        (await service.PublishAsync(key)).EnsureSuccessStatusCode().Dispose();
        using HttpResponseMessage turned = await service.PostAsync("/rotate", ("secret", TestService.Secret), ("filename", key));
        string other = (await turned.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;

        Look.SizeOf(await service.Active.ReadAsync(other)).Should().Be((600, 400));
        using HttpResponseMessage deleted = await service.DeleteAsync(other);
        await deleted.ShouldBeJsonAsync(200);
        // What is just made of it in the background is taken back.
        await Eventually.IsAsync(async () => !(await service.Active.NamesAsync()).Any(), tries: 1200);
        await Eventually.IsAsync(async () => !(await service.Incoming.NamesAsync()).Any(), tries: 1200);
    }

    [Theory]
    [InlineData("webp", "gps", true)]
    [InlineData("webp", "all", false)]
    [InlineData("avif", "gps", true)]
    [InlineData("avif", "all", false)]
    public async Task Lose_what_STRIP_ORIGINAL_names(string kind, string strip, bool keepsOwner)
    {
        await using TestService service = await TestService.StartAsync(("STRIP_ORIGINAL", strip), ("EXPOSE_GPS", "1"));

        JsonElement answer = await UploadAsync(service, Photo(kind));

        answer.GetProperty("gps").GetRawText().Should().Be("""{"latitude":45.83375,"longitude":6.865,"altitude":4805.6}""");
        byte[] stored = await service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!);
        Contains(stored, "PLACE-BY-SATELLITE").Should().BeFalse();
        Contains(stored, "SECRET-OWNER").Should().Be(keepsOwner);
        Look.SizeOf(stored).Should().Be((400, 600));
    }

    [Fact]
    public async Task Keep_date_place_and_owner_otherwise()
    {
        await using TestService service = await TestService.StartAsync();

        JsonElement answer = await UploadAsync(service, Photo("webp"));

        byte[] stored = await service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!);
        Contains(stored, "PLACE-BY-SATELLITE").Should().BeTrue();
        Contains(stored, "SECRET-OWNER").Should().BeTrue();
    }

    [Fact]
    public async Task That_are_transparent_are_stored_as_PNG()
    {
        await using TestService service = await TestService.StartAsync();

        JsonElement answer = await UploadAsync(service, ForeignPictures.TransparentWebP());

        answer.GetProperty("format").GetString().Should().Be("png");
        answer.GetProperty("convertedFrom").GetString().Should().Be("webp");
        (await service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!)).AsSpan(1, 3).SequenceEqual("PNG"u8).Should().BeTrue();
    }

    [Theory]
    [InlineData("none", "webp", "JPEG, PNG, GIF or SVG.")]
    [InlineData("none", "avif", "JPEG, PNG, GIF or SVG.")]
    [InlineData("avif", "webp", "JPEG, PNG, GIF, SVG or AVIF.")]
    public async Task That_are_not_wanted_are_refused_as_any_other_file(string setting, string kind, string names)
    {
        await using TestService service = await TestService.StartAsync(("CONVERT_UPLOADS", setting), ("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"));

        using HttpResponseMessage response = await service.UploadAsync(Photo(kind));

        JsonElement problem = await response.ShouldBeProblemAsync(400, "unsupported_format");
        problem.GetProperty("detail").GetString().Should().EndWith(names);
        await service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task Are_converted_in_a_worker_that_is_confined()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"), ("CONVERT_QUALITY", "30"));

        JsonElement answer = await UploadAsync(service, Photo("avif"));

        byte[] stored = await service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!);
        Look.SizeOf(stored).Should().Be((400, 600));
        SixLabors.ImageSharp.Image.Identify(stored)!.Metadata.GetFormatMetadata(SixLabors.ImageSharp.Formats.Jpeg.JpegFormat.Instance).Quality.Should().Be(30);
    }

    [Fact]
    public async Task Past_MAX_PIXELS_are_refused_with_the_limit()
    {
        await using TestService service = await TestService.StartAsync(("MAX_PIXELS", "1000"));

        foreach (string kind in new[] { "webp", "avif" })
        {
            using HttpResponseMessage response = await service.UploadAsync(Photo(kind));
            JsonElement problem = await response.ShouldBeProblemAsync(400, "too_many_pixels");
            problem.GetProperty("limit").GetInt64().Should().Be(1000);
            problem.GetProperty("actual").GetInt64().Should().Be(240_000);
        }
    }

    [Fact]
    public async Task That_become_larger_than_an_upload_may_be_are_refused()
    {
        using NetVips.Image noise = Pictures.Noise(300, 200);
        byte[] small = noise.WebpsaveBuffer(q: 5);
        await using TestService service = await TestService.StartAsync(("MAX_UPLOAD_BYTES", $"{small.Length + 100}"));

        using HttpResponseMessage response = await service.UploadAsync(small);

        await response.ShouldBeProblemAsync(413, "file_too_large");
        await service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task A_JPEG_named_heic_is_a_JPEG()
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await service.UploadAsync(Pictures.Jpeg(60, 40), "photo.heic");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        answer.TryGetProperty("convertedFrom", out _).Should().BeFalse();
        answer.GetProperty("format").GetString().Should().Be("jpg");
    }

    [Fact]
    public async Task An_animation_is_refused_with_a_code_of_its_own()
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await service.UploadAsync(ForeignPictures.AnimatedWebP());

        await response.ShouldBeProblemAsync(400, "unsupported_animation");
        await service.ShouldHoldNothingAsync();
    }

    // 600x400, lying on its side.
    private static byte[] Photo(string kind) => kind == "webp"
        ? ForeignPictures.WithChunks(ForeignPictures.WebP(600, 400), ("EXIF", Exif))
        : ForeignPictures.Container(ForeignPictures.Avif(600, 400)).WithExif(Exif).Build();

    private static bool Contains(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    private static async Task<JsonElement> UploadAsync(TestService service, byte[] photo)
    {
        using HttpResponseMessage response = await service.UploadAsync(photo);
        return await response.ShouldBeJsonAsync(200);
    }
}
