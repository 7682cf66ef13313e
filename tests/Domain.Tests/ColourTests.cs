namespace ImageBackend.Domain.Tests;

public sealed class ColourTests
{
    [Theory]
    [InlineData("white", "#ffffff")]
    [InlineData("Black", "#000000")]
    [InlineData("#1af", "#11aaff")]
    [InlineData("#1EB41E", "#1eb41e")]
    public void Names_and_hexadecimal_digits_are_read(string text, string expected)
    {
        Colour.TryParse(text, out Colour colour).Should().BeTrue();
        colour.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    [InlineData("#12")]
    [InlineData("#12345")]
    [InlineData("#gggggg")]
    [InlineData("#+12345")]
    public void All_else_is_refused(string? text) => Colour.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("#808080", true)]
    [InlineData("white", true)]
    [InlineData("#808081", false)]
    [InlineData("#818080", false)]
    [InlineData("#808180", false)]
    public void Is_grey_if_all_three_are_alike(string text, bool isGrey)
    {
        Colour.TryParse(text, out Colour colour).Should().BeTrue();

        colour.IsGrey.Should().Be(isGrey);
    }
}
