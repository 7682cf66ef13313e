namespace ImageBackend.Domain.Tests;

public sealed class CropAreaTests
{
    private static readonly PixelSize Picture = new(400, 300);

    [Theory]
    [InlineData("100x50+10+20", 10, 20, 100, 50)]
    [InlineData("400x300+0+0", 0, 0, 400, 300)]
    [InlineData("100x100-20-30", 0, 0, 80, 70)]
    [InlineData("100x100+350+250", 350, 250, 50, 50)]
    [InlineData("999999999x999999999-1+299", 0, 299, 400, 1)]
    [InlineData("999999999x1+999999999+0", -1, -1, -1, -1)]
    [InlineData("10x10+400+0", -1, -1, -1, -1)]
    [InlineData("10x10+0+300", -1, -1, -1, -1)]
    [InlineData("10x10-10+0", -1, -1, -1, -1)]
    public void Is_clipped_to_the_picture(string text, int x, int y, int width, int height)
    {
        bool isInside = CropArea.Parse(text).TryClip(Picture, out PixelRect part);

        isInside.Should().Be(x >= 0);
        if (isInside)
        {
            part.Should().Be(new PixelRect(x, y, width, height));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("100x50")]
    [InlineData("0x50+1+1")]
    [InlineData("50x0+1+1")]
    [InlineData("-5x5+1+1")]
    [InlineData("5x5+1")]
    [InlineData("5x5 1 1")]
    [InlineData("5x5+1+1\n")]
    [InlineData("5x5+1+1!")]
    [InlineData("99999999999x5+1+1")]
    [InlineData("5x5+9999999999+1")]
    [InlineData("٥x5+1+1")]
    public void What_is_no_area_is_refused(string? text) => CropArea.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("100x50+10+20")]
    [InlineData("100x50-10-20")]
    [InlineData("100x50+0+0")]
    public void Its_text_is_read_again(string text) => CropArea.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData("90", "50x100+230+10")]
    [InlineData("-90", "50x100+20+290")]
    [InlineData("180", "100x50+290+230")]
    public void Turns_with_the_picture(string rotation, string expected) =>
        CropArea.Parse("100x50+10+20").Turn(Rotation.Parse(rotation), Picture).ToString().Should().Be(expected);

    [Theory]
    [InlineData("30x40-5+290")]
    [InlineData("100x50+10+20")]
    public void Four_quarter_turns_bring_it_back(string text)
    {
        CropArea area = CropArea.Parse(text);
        PixelSize size = Picture;
        for (int i = 0; i < 4; i++)
        {
            area = area.Turn(Rotation.Clockwise, size);
            size = new PixelSize(size.Height, size.Width);
        }

        area.Should().Be(CropArea.Parse(text));
    }

    [Fact]
    public void What_is_no_area_can_not_be_parsed() => FluentActions.Invoking(() => CropArea.Parse("all")).Should().Throw<FormatException>();
}
