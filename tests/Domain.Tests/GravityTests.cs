namespace ImageBackend.Domain.Tests;

public sealed class GravityTests
{
    // The rule for the middle is two integer divisions: 267/2 - 200/2 = 33, not (267 - 200)/2 = 33.5.
    [Theory]
    [InlineData(Gravity.NorthWest, 0, 0)]
    [InlineData(Gravity.North, 33, 0)]
    [InlineData(Gravity.NorthEast, 67, 0)]
    [InlineData(Gravity.West, 0, 50)]
    [InlineData(Gravity.Center, 33, 50)]
    [InlineData(Gravity.East, 67, 50)]
    [InlineData(Gravity.SouthWest, 0, 101)]
    [InlineData(Gravity.South, 33, 101)]
    [InlineData(Gravity.SouthEast, 67, 101)]
    public void Places_a_cut_as_ImageMagick_does(Gravity gravity, int x, int y) =>
        gravity.OffsetOf(new PixelSize(200, 200), new PixelSize(267, 301)).Should().Be((x, y));

    [Theory]
    [InlineData(Gravity.NorthWest, 5, -7)]
    [InlineData(Gravity.Center, 38, 43)]
    [InlineData(Gravity.SouthEast, 62, 108)]
    public void Moves_a_cut_inwards(Gravity gravity, int x, int y) =>
        gravity.OffsetOf(new PixelSize(200, 200), new PixelSize(267, 301), 5, -7).Should().Be((x, y));

    [Fact]
    public void A_cut_that_is_larger_begins_outside() => Gravity.Center.OffsetOf(new PixelSize(300, 300), new PixelSize(200, 100)).Should().Be((-50, -100));
}
