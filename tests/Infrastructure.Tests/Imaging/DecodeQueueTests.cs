using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Tests.Imaging;

public sealed class DecodeQueueTests : IDisposable
{
    private readonly DecodeQueue _queue = new(places: 1);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Thirty_two_wait_for_a_place_and_the_next_is_told_at_once_that_it_is_busy()
    {
        IDisposable place = await _queue.EnterAsync(default);
        Task<IDisposable>[] waiting = [.. Enumerable.Range(0, 32).Select(_ => _queue.EnterAsync(default))];

        waiting.Should().OnlyContain(one => !one.IsCompleted);
        Task<IDisposable> surplus = _queue.EnterAsync(default);
        surplus.IsCompleted.Should().BeTrue("it does not wait");
        await FluentActions.Awaiting(() => surplus).Should().ThrowAsync<BusyException>();

        place.Dispose();
        foreach (Task<IDisposable> one in waiting)
        {
            (await one).Dispose();
        }
    }

    [Fact]
    public async Task Who_has_left_before_gets_no_place_though_one_is_free()
    {
        await FluentActions.Awaiting(() => _queue.EnterAsync(new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        using IDisposable place = await _queue.EnterAsync(default);
    }

    [Fact]
    public async Task Who_stops_waiting_makes_room_in_the_queue()
    {
        using IDisposable place = await _queue.EnterAsync(default);
        using CancellationTokenSource gone = new();
        Task<IDisposable>[] waiting = [.. Enumerable.Range(0, 32).Select(_ => _queue.EnterAsync(gone.Token))];

        await gone.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(waiting)).Should().ThrowAsync<OperationCanceledException>();

        using CancellationTokenSource end = new();
        Task<IDisposable> next = _queue.EnterAsync(end.Token);
        next.IsCompleted.Should().BeFalse("it waits, and is not refused");
        await end.CancelAsync();
        await FluentActions.Awaiting(() => next).Should().ThrowAsync<OperationCanceledException>();
    }
}
