using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Domain;
using Microsoft.Extensions.Time.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class KeyLocksTests
{
    private static readonly ImageKey Key = ImageKey.Parse("1_2.jpg");

    private readonly FakeTimeProvider _time = new();
    private readonly KeyLocks _locks;

    public KeyLocksTests() => _locks = new KeyLocks(_time);

    [Fact]
    public async Task Requests_for_one_stem_take_turns_in_their_order()
    {
        IDisposable first = await _locks.EnterAsync(Key, CancellationToken.None);
        Task<IDisposable> second = _locks.EnterAsync(ImageKey.Parse("1_2.svg"), CancellationToken.None);
        Task<IDisposable> third = _locks.EnterAsync(Key, CancellationToken.None);
        (await _locks.EnterAsync(ImageKey.Parse("1_3.jpg"), CancellationToken.None)).Dispose();

        first.Dispose();
        IDisposable turn = await second;
        third.IsCompleted.Should().BeFalse();
        turn.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task One_that_waits_for_half_a_minute_gives_up_and_the_next_has_its_turn()
    {
        IDisposable first = await _locks.EnterAsync(Key, CancellationToken.None);
        Task<IDisposable> second = _locks.EnterAsync(Key, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(29));
        Task<IDisposable> third = _locks.EnterAsync(Key, CancellationToken.None);
        second.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        await FluentActions.Awaiting(() => second).Should().ThrowAsync<BusyException>().WithMessage("Other requests are working on 1_2.jpg.");
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task One_whose_client_has_left_takes_no_turn()
    {
        using CancellationTokenSource client = new();
        IDisposable first = await _locks.EnterAsync(Key, CancellationToken.None);
        Task<IDisposable> second = _locks.EnterAsync(Key, client.Token);

        await client.CancelAsync();

        await FluentActions.Awaiting(() => second).Should().ThrowAsync<OperationCanceledException>();
        first.Dispose();
        await FluentActions.Awaiting(() => _locks.EnterAsync(Key, client.Token)).Should().ThrowAsync<OperationCanceledException>();
        (await _locks.EnterAsync(Key, CancellationToken.None)).Dispose();
    }
}
