using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>
/// What v6_images' own HTTP tests require, with the same calls: urlencoded, from another origin, which each answer must allow.
/// </summary>
public sealed class V6SuiteTests : IAsyncLifetime
{
    private const string Origin = "http://camptocamp.org";

    private TestService _service = null!;

    public static TheoryData<string?, string?> CropsOfTwoPublishes => new()
    {
        { null, null },
        { "100x100+10+10", "200x200+10+10" },
        { "100x100+10+10", null },
        { null, "100x100+10+10" },
    };

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _service.Client.DefaultRequestHeaders.Add("Origin", Origin);
    }

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task The_service_is_up()
    {
        using HttpResponseMessage response = await _service.Client.GetAsync("/ping");

        (await response.Content.ReadAsStringAsync()).Should().Be("Pong!");
        ShouldLetIn(response);
    }

    [Theory]
    [InlineData("music.tiff")]
    [InlineData("invalid_content.jpg")]
    public async Task An_upload_of_another_format_or_of_no_picture_is_400(string fileName)
    {
        byte[] file = fileName == "music.tiff" ? [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0] : "This is not a picture."u8.ToArray();

        using HttpResponseMessage response = await _service.UploadAsync(file, fileName);

        ((int)response.StatusCode).Should().Be(400);
        ShouldLetIn(response);
    }

    [Fact]
    public async Task A_publish_with_a_bad_secret_is_403()
    {
        using HttpResponseMessage response = await _service.PostAsync("/publish", ("secret", "bad_secret"), ("filename", "test.png"));

        ((int)response.StatusCode).Should().Be(403);
        ShouldLetIn(response);
    }

    [Theory]
    [InlineData("/delete")]
    [InlineData("/recrop")]
    public async Task So_is_a_delete_or_recrop(string path)
    {
        using HttpResponseMessage response = await _service.PostAsync(path, ("secret", "bad_secret"), ("filename", "test.png"));

        ((int)response.StatusCode).Should().Be(403);
        ShouldLetIn(response);
    }

    [Fact]
    public async Task What_was_uploaded_is_published()
    {
        string key = await UploadAsync();

        using HttpResponseMessage response = await PublishAsync(key, crop: null);

        await response.ShouldBeJsonAsync(200);
        ShouldLetIn(response);
    }

    [Theory]
    [MemberData(nameof(CropsOfTwoPublishes))]
    public async Task Publishing_twice_is_200_with_and_without_crop(string? first, string? second)
    {
        string key = await UploadAsync();
        foreach (string? crop in new[] { first, second })
        {
            using HttpResponseMessage response = await PublishAsync(key, crop);

            await response.ShouldBeJsonAsync(200);
            ShouldLetIn(response);
        }
    }

    private static void ShouldLetIn(HttpResponseMessage response)
    {
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        string.Join(",", response.Headers.GetValues("Access-Control-Allow-Headers")).Split(',', StringSplitOptions.TrimEntries)
            .Should().BeEquivalentTo("Origin", "Content-Type", "Accept", "Authorization");
    }

    private async Task<string> UploadAsync()
    {
        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(640, 480), "violin.jpg");
        ShouldLetIn(response);
        return (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    private Task<HttpResponseMessage> PublishAsync(string key, string? crop) => _service.PostAsync(
        "/publish", [("secret", TestService.Secret), ("filename", key), .. crop is null ? [] : new[] { ("crop", crop) }]);
}
