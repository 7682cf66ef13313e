using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Tests.Imaging;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(100);

    [Fact]
    public async Task A_share_that_is_free_is_had_at_once()
    {
        using IDisposable one = await _budget.TakeAsync(60, default);
        using IDisposable other = await _budget.TakeAsync(40, default);
    }

    [Fact]
    public async Task A_share_that_is_taken_is_had_when_it_is_given_back()
    {
        IDisposable first = await _budget.TakeAsync(60, default);
        Task<IDisposable> second = _budget.TakeAsync(60, default);
        second.IsCompleted.Should().BeFalse();

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task A_large_share_is_not_overtaken_by_small_ones()
    {
        IDisposable first = await _budget.TakeAsync(60, default);
        Task<IDisposable> large = _budget.TakeAsync(100, default);
        Task<IDisposable> small = _budget.TakeAsync(1, default);

        small.IsCompleted.Should().BeFalse();
        first.Dispose();

        (await large).Dispose();
        (await small).Dispose();
    }

    [Fact]
    public async Task More_than_there_is_in_all_is_refused_with_both_figures()
    {
        Func<Task> act = () => new MemoryBudget(90_000_000).TakeAsync(200_000_000, default);

        InvalidImageException refused = (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*200 MB*90 MB*")).Which;
        (refused.Code, refused.Limit, refused.Actual).Should().Be(("image_too_complex", 90_000_000L, 200_000_000L));
    }

    [Fact]
    public async Task Who_stops_waiting_lets_the_next_one_in()
    {
        using IDisposable first = await _budget.TakeAsync(60, default);
        using CancellationTokenSource gone = new();
        Task<IDisposable> large = _budget.TakeAsync(100, gone.Token);
        Task<IDisposable> small = _budget.TakeAsync(40, default);

        await gone.CancelAsync();

        await FluentActions.Awaiting(() => large).Should().ThrowAsync<OperationCanceledException>();
        (await small).Dispose();
    }

    [Fact]
    public async Task A_share_given_back_twice_counts_once()
    {
        IDisposable first = await _budget.TakeAsync(100, default);
        first.Dispose();
        first.Dispose();

        using IDisposable all = await _budget.TakeAsync(100, default);
        _budget.TakeAsync(1, default).IsCompleted.Should().BeFalse();
    }
}
