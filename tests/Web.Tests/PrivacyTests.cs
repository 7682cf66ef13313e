using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What an upload reveals about a photo, and what stays private.</summary>
public sealed class PrivacyTests
{
    private static readonly byte[] Photo = Pictures.InsertAfterStart(
        Pictures.Jpeg(120, 80), Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. ExifWriter.Photo(isBigEndian: true, orientation: 6)]));

    [Fact]
    public async Task The_answer_to_an_upload_tells_what_is_stored_and_when_it_was_taken_but_not_where()
    {
        await using TestService service = await TestService.StartAsync();

        JsonElement answer = await UploadAsync(service, Photo);

        string key = answer.GetProperty("filename").GetString()!;
        answer.EnumerateObject().Select(field => field.Name).Should().Equal(
            "success", "filename", "width", "height", "format", "bytes", "sha256", "takenAt", "thumbhash", "thumbnails");
        (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()).Should().Be((80, 120), "it is seen upright");
        answer.GetProperty("format").GetString().Should().Be("jpg");
        answer.GetProperty("takenAt").GetString().Should().Be("2026-07-14T09:31:05.12+02:00");
        (await ShouldBeStoredAsync(service.Incoming, key, answer)).Should().Equal(Photo);
        foreach ((JsonElement thumbnail, ThumbnailSpec spec) in answer.GetProperty("thumbnails").EnumerateArray().Zip(ThumbnailSet.Default.Specs))
        {
            string name = thumbnail.GetProperty("filename").GetString()!;
            name.Should().Be(ImageKey.Parse(key).Thumbnail(spec).ToString());
            thumbnail.GetProperty("suffix").GetString().Should().Be(spec.Suffix);
            byte[] stored = await service.Incoming.ReadAsync(name);
            thumbnail.GetProperty("bytes").GetInt64().Should().Be(stored.Length);
            Look.SizeOf(stored).Should().Be((thumbnail.GetProperty("width").GetInt32(), thumbnail.GetProperty("height").GetInt32()));
        }
    }

    [Fact]
    public async Task Where_it_was_taken_is_told_if_that_is_wanted_also_of_a_stripped_photo()
    {
        await using TestService service = await TestService.StartAsync(("EXPOSE_GPS", "1"), ("STRIP_ORIGINAL", "all"));

        JsonElement answer = await UploadAsync(service, Photo);

        answer.GetProperty("gps").GetRawText().Should().Be("""{"latitude":45.83375,"longitude":6.865,"altitude":4805.6}""");
        answer.GetProperty("takenAt").GetString().Should().StartWith("2026-07-14");
        (await UploadAsync(service, Pictures.Png(60, 40))).TryGetProperty("gps", out _).Should().BeFalse();
        (await UploadAsync(service, Pictures.Png(60, 40))).GetProperty("takenAt").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory]
    [Trait("fault", "c2c-16")]
    [InlineData("gps", true)]
    [InlineData("all", false)]
    public async Task A_stripped_original_is_published_without_the_place_and_looks_the_same(string strip, bool keepsOwner)
    {
        await using TestService service = await TestService.StartAsync(("STRIP_ORIGINAL", strip));

        JsonElement answer = await UploadAsync(service, Photo);

        string key = answer.GetProperty("filename").GetString()!;
        byte[] stored = await ShouldBeStoredAsync(service.Incoming, key, answer);
        (await service.PublishAsync(key)).Dispose();
        byte[] published = await service.Client.GetByteArrayAsync($"/active/{key}");
        published.Should().Equal(stored);
        ShouldTellNoPlace(published);
        Contains(published, "SECRET-OWNER").Should().Be(keepsOwner);
        Look.AtQuadrants(published).Should().Equal(Look.AtQuadrants(Photo));
        byte[] thumbnail = await service.Client.GetByteArrayAsync($"/active/{ImageKey.Parse(key).Thumbnail(ThumbnailSet.Default.Specs[0])}");
        Look.SizeOf(thumbnail).Should().Be((80, 120), "the orientation was kept");
    }

    [Fact]
    public async Task An_original_that_was_published_with_its_place_loses_it_when_it_is_turned_or_cropped_anew()
    {
        await using TestService service = await TestService.StartAsync(("STRIP_ORIGINAL", "gps"));
        await service.Active.PutAsync("1475660224_882910455.jpg", Photo);

        string cropped = await ChangeAsync(service, "/recrop", ("filename", "1475660224_882910455.jpg"), ("crop", "30x30+0+0"));
        string turned = await ChangeAsync(service, "/rotate", ("filename", "1475660224_882910455.jpg"), ("rotation", "90"));

        foreach (string key in new[] { cropped, turned })
        {
            ShouldTellNoPlace(await service.Client.GetByteArrayAsync($"/active/{key}"));
        }
    }

    [Fact]
    public async Task What_can_not_be_followed_to_its_end_is_refused_and_leaves_nothing()
    {
        await using TestService service = await TestService.StartAsync(("STRIP_ORIGINAL", "all"));
        byte[] photo = Pictures.Jpeg(120, 80);

        using HttpResponseMessage response = await service.UploadAsync(photo[..(photo.Length / 2)]);

        await response.ShouldBeProblemAsync(400, "broken_image");
        await service.ShouldHoldNothingAsync();
    }

    private static async Task<JsonElement> UploadAsync(TestService service, byte[] file)
    {
        using HttpResponseMessage response = await service.UploadAsync(file);
        return await response.ShouldBeJsonAsync(200);
    }

    private static async Task<string> ChangeAsync(TestService service, string path, params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage response = await service.PostAsync(path, [("secret", TestService.Secret), .. fields]);
        return (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    private static async Task<byte[]> ShouldBeStoredAsync(TestStorage storage, string key, JsonElement answer)
    {
        byte[] stored = await storage.ReadAsync(key);
        answer.GetProperty("bytes").GetInt64().Should().Be(stored.Length);
        answer.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(stored)));
        return stored;
    }

    private static void ShouldTellNoPlace(byte[] file) => Contains(file, "PLACE-BY-SATELLITE").Should().BeFalse();

    private static bool Contains(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
