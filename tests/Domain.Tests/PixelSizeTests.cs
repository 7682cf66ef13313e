namespace ImageBackend.Domain.Tests;

public sealed class PixelSizeTests
{
    [Fact]
    public void Counts_more_pixels_than_an_int_can()
    {
        new PixelSize(65_536, 65_536).Pixels.Should().Be(4_294_967_296);
    }

    [Fact]
    public void Reads_as_people_write_it()
    {
        new PixelSize(4000, 3000).ToString().Should().Be("4000x3000");
    }
}
