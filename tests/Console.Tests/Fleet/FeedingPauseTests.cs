using ImageBackend.Cli.Batches.Fleet;

namespace ImageBackend.Cli.Tests.Fleet;

public sealed class FeedingPauseTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly FeedingPause _pause = new(Longest);

    [Fact]
    public void It_is_halved_as_long_as_workers_empty_the_queue_but_never_below_50_ms() =>
        Enumerable.Range(0, 6).Select(_ => _pause.Next(added: 16, most: 16).TotalMilliseconds).Should().Equal(500, 250, 125, 62.5, 50, 50);

    [Fact]
    public void It_stays_while_more_than_half_of_the_queue_is_used()
    {
        _pause.Next(added: 20, most: 16);

        _pause.Next(added: 9, most: 16).Should().Be(Longest / 2);
        _pause.Next(added: 15, most: 16).Should().Be(Longest / 2);
    }

    [Fact]
    public void It_grows_again_when_less_is_used_but_never_above_where_it_began()
    {
        _pause.Next(added: 16, most: 16);
        _pause.Next(added: 16, most: 16);

        _pause.Next(added: 8, most: 16).Should().Be(Longest / 2);
        _pause.Next(added: 0, most: 16).Should().Be(Longest);
        _pause.Next(added: 0, most: 16).Should().Be(Longest);
    }

    [Fact]
    public void It_grows_once_nothing_is_left_to_add()
    {
        _pause.Next(added: 16, most: 16);

        _pause.Next(added: 3, most: 0);

        _pause.Next(added: 0, most: 0).Should().Be(Longest);
    }
}
