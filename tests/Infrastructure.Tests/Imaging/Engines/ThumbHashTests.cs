using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

public sealed class ThumbHashTests
{
    // What rgbaToThumbHash of the npm package thumbhash 0.1.1, by the author of the format, makes of the same pixels.
    [Theory]
    [InlineData("opaque", 100, 75, "HwgODZqAh4eBh4d4eHh4eI9wCPh3")]
    [InlineData("fading", 100, 75, "H6qFHIw3gIezh3t4CDi7gLx0eAiIiIiHCA==")]
    [InlineData("quadrants", 100, 75, "3xcOdZyBiobAZ4d4iKiGh4Sv94d8")]
    [InlineData("noise", 100, 75, "HwgCBYAzMmOAdzdRdRl2Ye5fLPL8")]
    [InlineData("hole", 100, 75, "2geGXJIrUIQAmZVHKfeYYFr3WPiDeYiVCA==")]
    [InlineData("opaque", 100, 100, "HwgOBxqAh4dweHeIh3iHiId3yM/4gH8H")]
    [InlineData("fading", 100, 100, "H6qFHQw3gIezh3t4iICzC8hLh4eAiIh4iA==")]
    [InlineData("quadrants", 100, 100, "3xcOdxqBiobAZ4d3iKiGeIeGSPiKf8gI")]
    [InlineData("noise", 100, 100, "HwgCBwAiE0BxWGhwlSdkBndi8u/mhX8N")]
    [InlineData("hole", 100, 100, "2geGXRIrUIQAmZVHiXKPCaZ1j4U/mIhYiQ==")]
    [InlineData("opaque", 33, 7, "H/gRKZ6Ah4eCiIiIjnAY+Hg=")]
    [InlineData("fading", 33, 7, "YIqFGY5HgIezh3yAswzIO3h4cHiIeIg=")]
    [InlineData("quadrants", 33, 7, "HhgOcZ6CeYbAZ5iGha/2h3w=")]
    [InlineData("noise", 33, 7, "HRgGGYQBJJcSRzSYe52/T6o=")]
    [InlineData("hole", 33, 7, "2heGYZQsYYUgiZVynwmmdn6FP5iWV5k=")]
    [InlineData("opaque", 1, 40, "FQYpgT4IhIt4h4iH94t3v3g=")]
    [InlineData("fading", 1, 40, "FaioEVR3CIeIeIgocH2PeAj3hIuId4g=")]
    [InlineData("quadrants", 1, 40, "l7YusS4IiIiIiIiIuI+IwIg=")]
    [InlineData("noise", 1, 40, "1gouuQQIh3iIh4eHCIeH5vg=")]
    [InlineData("opaque", 2, 2, "Hwg+Byx1CoqFeHqHiKiHCIp6iIdwcI8I")]
    [InlineData("fading", 2, 2, "ZgvNNRaIdwiIeIeIB3DYB3iNeAiCeIfYCA==")]
    [InlineData("quadrants", 2, 2, "3xc+hx52CYmWaGmHiJiGCYlpSPeLj9gI")]
    [InlineData("noise", 2, 2, "DqkePxh2CYmFeHqHiKiHCIl6OAd3dXAH")]
    public void Is_what_the_formats_author_makes_of_the_same_pixels(string picture, int width, int height, string expected)
    {
        byte[] hash = ThumbHash.Of(Draw(picture, width, height));

        byte[] reference = Convert.FromBase64String(expected);
        int varying = (reference[2] & 0x80) != 0 ? 6 : 5;
        hash[..varying].Should().Equal(reference[..varying]);
        // A wave that the picture does not have is half of 15, which rounds up or down by the last bit of a sum.
        Halves(hash[varying..]).Zip(Halves(reference[varying..])).Should().HaveCount(2 * (reference.Length - varying)).And.OnlyContain(
            pair => pair.First == pair.Second || (pair.First + pair.Second == 15 && Math.Abs(pair.First - pair.Second) == 1));
    }

    [Theory]
    [InlineData(100, 75)]
    [InlineData(3, 100)]
    public void Of_one_colour_is_that_colour_and_nothing_else(int width, int height)
    {
        byte[] pixels = [.. Enumerable.Repeat(new byte[] { 200, 100, 50, 255 }, width * height).SelectMany(pixel => pixel)];

        byte[] hash = ThumbHash.Of(new RgbaSample(new PixelSize(width, height), pixels));

        (hash[0] & 63).Should().Be((int)Math.Floor((63 * (350.0 / 3 / 255)) + 0.5));
        hash[5..].Should().OnlyContain(part => part == 0);
    }

    [Fact]
    public void Of_nothing_that_can_be_seen_is_transparent()
    {
        byte[] hash = ThumbHash.Of(new RgbaSample(new PixelSize(4, 4), new byte[64]));

        (hash[2] & 0x80, hash[5] & 15).Should().Be((0x80, 0));
    }

    [Theory]
    [InlineData(4000, 3000, 100, 75)]
    [InlineData(30, 20, 30, 20)]
    [InlineData(20_000, 1, 100, 1)]
    [InlineData(101, 100, 100, 99)]
    public void Is_made_of_a_picture_that_fits_a_square(int width, int height, int expectedWidth, int expectedHeight) =>
        RgbaSample.SizeWithin(new PixelSize(width, height), side: 100).Should().Be(new PixelSize(expectedWidth, expectedHeight));

    [Theory]
    [InlineData(1, 255, 255, 255, 255)]
    [InlineData(2, 200, 200, 200, 127)]
    [InlineData(3, 100, 50, 25, 255)]
    [InlineData(4, 200, 100, 50, 127)]
    public void Is_made_of_means_in_which_a_transparent_pixel_has_no_colour(int bands, int red, int green, int blue, int alpha)
    {
        byte[] grey = bands == 1 ? [255, 255] : [200, 255, 9, 0];
        byte[] colours = bands == 3 ? [200, 100, 50, 0, 0, 0] : [200, 100, 50, 255, 9, 9, 9, 0];

        RgbaSample sample = RgbaSample.Of(bands < 3 ? grey : colours, new PixelSize(2, 1), bands, side: 1);

        sample.Size.Should().Be(new PixelSize(1, 1));
        sample.Pixels.Should().Equal([(byte)red, (byte)green, (byte)blue, (byte)alpha]);
    }

    private static IEnumerable<int> Halves(byte[] bytes) => bytes.SelectMany(one => new[] { one & 15, one >> 4 });

    private static RgbaSample Draw(string picture, int width, int height)
    {
        List<byte> pixels = [];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                pixels.AddRange(PixelOf(picture, x, y, width, height));
            }
        }

        return new RgbaSample(new PixelSize(width, height), [.. pixels]);
    }

    private static byte[] PixelOf(string picture, int x, int y, int width, int height)
    {
        int across = x * 255 / Math.Max(1, width - 1);
        int down = y * 255 / Math.Max(1, height - 1);
        return picture switch
        {
            "opaque" => [(byte)across, (byte)down, (byte)((x + y) * 255 / Math.Max(1, width + height - 2)), 255],
            "fading" => [(byte)across, (byte)down, 80, (byte)down],
            "quadrants" when x * 2 < width => y * 2 < height ? [220, 30, 30, 255] : [30, 30, 220, 255],
            "quadrants" => y * 2 < height ? [30, 180, 30, 255] : [240, 240, 240, 255],
            "noise" => [(byte)((x * 73) + (y * 151)), (byte)((x * x * 31) + (y * 17)), (byte)((x * y * 7) + 29), 255],
            _ => [(byte)across, 100, (byte)down, (byte)(x * 2 > width - 1 && y * 2 > height - 1 ? 0 : 255)],
        };
    }
}
