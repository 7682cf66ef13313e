using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Background;

public sealed class SteadyWorkTests
{
    private static readonly StorageException OfOne = new("incoming", "one file can't be removed.") { IsOfOneObject = true };
    private static readonly StorageException OfAll = new("incoming", "the disk does not work.");

    private readonly LogLines _log = new();
    private readonly SteadyWork _work;

    public SteadyWorkTests() => _work = new SteadyWork(new LineLogger<SteadyWorkTests>(_log));

    [Fact]
    public async Task Goes_on_after_any_fault_of_one_thing()
    {
        List<string> done = [];

        await PassAsync(["a", "b", "c", "d"], thing => thing switch
        {
            "b" => throw OfOne,
            "c" => throw new InvalidOperationException("nobody foresaw it"),
            _ => Done(done, thing),
        });

        done.Should().Equal("a", "d");
        _log.All.Should().Equal("Warning b: The incoming storage: one file can't be removed.", "Error c, because of an unexpected fault");
    }

    [Fact]
    public async Task Tells_what_stays_broken_once_and_again_only_when_it_was_over()
    {
        bool isBroken = true;
        for (int pass = 0; pass < 6; pass++)
        {
            isBroken = pass != 3;
            await PassAsync(["a"], _ => isBroken ? throw OfOne : Task.CompletedTask);
        }

        _log.All.Should().HaveCount(2);
    }

    [Fact]
    public async Task Tells_what_was_gone_from_a_pass_anew()
    {
        await PassAsync(["a"], _ => throw OfOne);
        await PassAsync([], _ => throw OfOne);
        await PassAsync(["a"], _ => throw OfOne);

        _log.All.Should().HaveCount(2);
    }

    [Fact]
    public async Task Gives_a_pass_up_when_all_things_fail_but_not_for_faults_of_one()
    {
        List<string> tried = [];
        string[] things = [.. Enumerable.Range(0, 30).Select(i => $"{i}")];

        await PassAsync(things, thing => Fail(tried, thing, OfAll));
        tried.Should().HaveCount(10);

        tried.Clear();
        await PassAsync(things, thing => Fail(tried, thing, OfOne));
        tried.Should().HaveCount(30);
    }

    [Fact]
    public async Task A_pass_that_fails_as_a_whole_costs_that_pass_alone()
    {
        for (int pass = 0; pass < 3; pass++)
        {
            await _work.PassAsync("It can't be done now", () => throw new InvalidOperationException("nobody foresaw it"), CancellationToken.None);
        }

        _log.All.Should().Equal("Error It can't be done now, because of an unexpected fault");
    }

    [Fact]
    public async Task Ends_with_the_service()
    {
        using CancellationTokenSource end = new();
        await end.CancelAsync();
        Func<Task> act = () => _work.PassAsync("It", () => Task.FromCanceled(end.Token), end.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        _log.All.Should().BeEmpty();
    }

    private static Task Done(List<string> done, string thing)
    {
        done.Add(thing);
        return Task.CompletedTask;
    }

    private static Task Fail(List<string> tried, string thing, Exception fault)
    {
        tried.Add(thing);
        return Task.FromException(fault);
    }

    private Task PassAsync(string[] things, Func<string, Task> work) => _work.PassAsync(
        "The pass",
        async () =>
        {
            foreach (string thing in things.TakeWhile(_ => !_work.IsGivenUp))
            {
                await _work.TryAsync(thing, thing, () => work(thing), CancellationToken.None);
            }
        },
        CancellationToken.None);
}
