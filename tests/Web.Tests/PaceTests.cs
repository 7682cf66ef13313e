using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Tests;

/// <summary>How slowly bytes may arrive, second by second: no time passes except what a test lets pass.</summary>
[Trait("Storage", "folders")]
public sealed class PaceTests
{
    private readonly PassingTime _time = new(stands: true);
    private readonly Pace _pace;

    public PaceTests() => _pace = new Pace(TrafficLimits.Default, _time);

    [Fact]
    public async Task A_telephone_of_30_kB_a_second_with_pauses_is_fast_enough_for_the_largest_photo()
    {
        for (int sent = 0; sent < 40_000_000; sent += 30_000)
        {
            // A tunnel every megabyte.
            await MoveAsync(30_000, sent % 990_000 == 0 ? 12 : 1);
        }
    }

    [Fact]
    public async Task A_pause_of_28_seconds_is_no_fault_and_one_of_30_is()
    {
        await MoveAsync(1_000_000, 1);
        await MoveAsync(1_000_000, 28);

        await FailAsync(1_000_000, 30);
    }

    [Fact]
    public async Task Who_began_fast_may_not_stop()
    {
        for (int i = 0; i < 38; i++)
        {
            await MoveAsync(1_000_000, 0.1);
        }

        await FailAsync(1, 30);
    }

    [Fact]
    public async Task A_byte_now_and_then_is_not_enough()
    {
        for (int i = 0; i < 29; i++)
        {
            await MoveAsync(1, 1);
        }

        await FailAsync(1, 1);
    }

    [Fact]
    public async Task Just_below_sixty_thousand_bytes_in_thirty_seconds_are_too_few_and_just_as_many_are_enough()
    {
        await MoveAsync(60_000, 29);
        await MoveAsync(60_000, 29);
        await MoveAsync(59_999, 1);

        await FailAsync(1, 29);
    }

    [Fact]
    public async Task As_a_whole_it_takes_a_minute_and_a_second_for_each_five_thousand_bytes_at_most()
    {
        // 3,000 bytes a second: enough for any half minute, but not on average.
        int seconds = 0;
        while (seconds + 20 < 60 + (seconds / 20 * 60_000 / 5_000))
        {
            await MoveAsync(60_000, 20);
            seconds += 20;
        }

        seconds.Should().Be(100);
        await FailAsync(60_000, 20);
    }

    [Fact]
    public async Task Time_that_the_service_takes_itself_does_not_count()
    {
        for (int i = 0; i < 10; i++)
        {
            await MoveAsync(10_000, 1);
            _time.Pass(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_is_not_too_slow()
    {
        using CancellationTokenSource gone = new();
        ValueTask<int> move = _pace.MoveAsync(WaitAsync, gone.Token);
        await gone.CancelAsync();

        Func<Task> act = async () => await move;

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    private static async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    private async Task MoveAsync(int bytes, double seconds)
    {
        TaskCompletionSource come = new();
        ValueTask<int> move = _pace.MoveAsync(
            async token =>
            {
                await come.Task.WaitAsync(token);
                return bytes;
            },
            CancellationToken.None);
        _time.Pass(TimeSpan.FromSeconds(seconds));
        come.SetResult();
        (await move).Should().Be(bytes);
    }

    private async Task FailAsync(int bytes, double seconds)
    {
        TaskCompletionSource come = new();
        ValueTask<int> move = _pace.MoveAsync(
            async token =>
            {
                await come.Task.WaitAsync(token);
                return bytes;
            },
            CancellationToken.None);
        _time.Pass(TimeSpan.FromSeconds(seconds));

        Func<Task> act = async () => await move;

        await act.Should().ThrowAsync<TooSlowException>();
    }
}
