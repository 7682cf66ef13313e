using ImageBackend.Cli.Batches;

namespace ImageBackend.Cli.Tests.Batches;

public sealed class ShardTests
{
    [Theory]
    [InlineData("1/1")]
    [InlineData("2/8")]
    [InlineData("8/8")]
    public void Is_a_number_of_how_many(string text)
    {
        Shard.TryParse(text, out Shard? shard).Should().BeTrue();
        shard!.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("-1/8")]
    [InlineData("1/8/2")]
    [InlineData("1/99999999")]
    [InlineData("a/b")]
    public void Anything_else_is_none(string? text) => Shard.TryParse(text, out _).Should().BeFalse();

    // Machines of one run may have different versions, so an item must not change its shard.
    [Fact]
    public void Stays_the_same_for_ever() =>
        Enumerable.Range(1, 4).Single(number => new Shard(number, 4).Has("1475660224_882910455.jpg")).Should().Be(2);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Are_about_equal(int count)
    {
        int[] sizes = [.. Enumerable.Range(1, count).Select(number => Enumerable.Range(0, 10_000).Count(i => new Shard(number, count).Has($"{1475660224 + i}_{i * 7919}.jpg")))];

        sizes.Sum().Should().Be(10_000);
        sizes.Should().OnlyContain(size => size > 9_000 / count && size < 11_000 / count);
    }
}
