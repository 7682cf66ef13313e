using ImageBackend.Cli.Batches;
using Spectre.Console;

namespace ImageBackend.Cli.Tests.Batches;

public sealed class LiveScreenTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly IAnsiConsole _terminal;
    private readonly LiveScreen _screen;

    public LiveScreenTests()
    {
        _terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(_output),
        });
        _terminal.Profile.Width = 120;
        _screen = new LiveScreen(_terminal);
    }

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Shows_how_far_it_is_how_fast_and_what_is_left()
    {
        await _screen.ShowAsync(() => new BatchFigures(2000, 100, 395, 5, 12_345_678, TimeSpan.FromSeconds(100)), Task.Delay(50));

        _output.ToString().Should().Contain("25.0% 500/2,000 5.0/s 12.3 MB left 0:05:00").And.Contain("failed 5");
    }

    [Fact]
    public async Task Shows_what_is_done_while_the_total_is_unknown()
    {
        await _screen.ShowAsync(() => new BatchFigures(null, 0, 7, 0, 0, TimeSpan.FromSeconds(1)), Task.Delay(50));

        _output.ToString().Should().Contain("counting 7 7.0/s left ?").And.NotContain("failed");
    }

    [Theory]
    [InlineData(40, "25.0% 500/2,000 0:05:00")]
    [InlineData(80, "25.0% 500/2,000 5.0/s 12.3 MB left 0:05:00")]
    public async Task Keeps_to_one_line_of_a_narrow_terminal(int width, string figures)
    {
        _terminal.Profile.Width = width;

        await _screen.ShowAsync(() => new BatchFigures(2000, 100, 400, 0, 12_345_678, TimeSpan.FromSeconds(100)), Task.Delay(50));

        _output.ToString().Split('\n').Should().Contain(line => line.Contains('━') && line.Contains(figures));
    }

    [Fact]
    public async Task Leaves_nothing_of_the_bar_beside_a_line_that_is_written_over_it()
    {
        await _screen.ShowAsync(() => new BatchFigures(1, 0, 0, 0, 0, TimeSpan.Zero), Task.Run(() => _screen.WriteLine("short")));

        _output.ToString().Should().MatchRegex("\e\\[0J(\e\\[0m)?short");
    }

    [Fact]
    public async Task Says_what_looks_like_markup_as_it_is()
    {
        await _screen.ShowAsync(() => new BatchFigures(1, 0, 0, 0, 0, TimeSpan.Zero), Task.Run(() => _screen.WriteError("Failed: [bold]1_1.jpg[/]")));

        _output.ToString().Should().Contain("Failed: [bold]1_1.jpg[/]");
    }

    [Fact]
    public async Task Passes_on_the_failure_of_the_work()
    {
        Func<Task> act = () => _screen.ShowAsync(() => new BatchFigures(1, 0, 0, 0, 0, TimeSpan.Zero), Task.FromException(new FormatException()));

        await act.Should().ThrowAsync<FormatException>();
    }
}
