namespace ImageBackend.Domain.Tests;

public sealed class RotationTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("-90", -90)]
    [InlineData("180", 180)]
    public void Quarters_and_a_half_are_rotations(string text, int degrees) => Rotation.Parse(text).Degrees.Should().Be(degrees);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("45")]
    [InlineData("270")]
    [InlineData("0")]
    [InlineData("+90")]
    [InlineData("90.0")]
    [InlineData("90,90")]
    public void Nothing_else_is(string? text) => Rotation.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void What_is_none_can_not_be_parsed() => FluentActions.Invoking(() => Rotation.Parse("45")).Should().Throw<FormatException>();
}
