using System.Text;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What the answer to an upload says about a drawing.</summary>
[Trait("Engine", "libvips")]
public sealed class DrawingTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("<rect width='1' height='1' fill='url(http://example.org/#a) #dc1e1e'/>", true)]
    [InlineData("<foreignObject width='1' height='1'/>", true)]
    [InlineData("<script>x()</script><rect width='1' height='1' onclick='x()' fill='#dc1e1e' style='fill:weird(1)'/>", false)]
    public async Task Altered_is_told_where_it_looks_otherwise_than_it_was_sent(string inside, bool isAltered)
    {
        using HttpResponseMessage response = await _service.UploadAsync(Encoding.UTF8.GetBytes(Pictures.Svg(inside: inside)), "drawing.svg");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        answer.TryGetProperty("altered", out JsonElement altered).Should().Be(isAltered);
        if (isAltered)
        {
            altered.GetBoolean().Should().BeTrue();
        }
    }

    [Theory]
    [InlineData("illustrator-1")] // entities, UTF-8
    [InlineData("illustrator-2")] // ISO 8859-1
    [InlineData("illustrator-3")] // windows-1252, styles by entities
    [InlineData("illustrator-4")] // UTF-16
    [InlineData("cairo-1")]
    public async Task One_of_another_program_is_taken_and_stored_as_UTF8(string name)
    {
        using HttpResponseMessage response = await _service.UploadAsync(HonestDrawings.All().Single(one => one.Name == name).File, "drawing.svg");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        answer.TryGetProperty("altered", out _).Should().BeFalse();
        string stored = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await _service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!));
        stored.Should().StartWith("<svg ").And.NotContain("ENTITY");
    }

    [Fact]
    public async Task Its_size_is_that_in_pixels_of_CSS()
    {
        using HttpResponseMessage response = await _service.UploadAsync(
            "<svg xmlns='http://www.w3.org/2000/svg' width='300mm' height='200mm' viewBox='0 0 300 200'><rect width='9' height='9'/></svg>"u8.ToArray(), "drawing.svg");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()).Should().Be((1134, 756));
    }
}
