using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImageBackend.Cli.Batches;

/// <summary>A progress bar on a terminal; lines go above it.</summary>
internal sealed class LiveScreen(IAnsiConsole terminal) : IBatchScreen
{
    private const int Wide = 100;
    private const int Narrow = 60;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    public void WriteLine(string line) => terminal.Write(new LineAbove(line, Style.Plain));

    public void WriteError(string line) => terminal.Write(new LineAbove(line, new Style(Color.Red)));

    public void Advance(BatchFigures figures)
    {
        // The bar gets the figures itself.
    }

    public Task ShowAsync(Func<BatchFigures> figures, Task work) =>
        terminal.Progress()
            .AutoRefresh(false)
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = terminal.Profile.Width < Wide ? 10 : 24 }, new FiguresColumn(figures))
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask("images", maxValue: 1);
                while (!work.IsCompleted)
                {
                    Draw();
                    await Task.WhenAny(work, Task.Delay(Refresh));
                }

                Draw();
                await work;

                void Draw()
                {
                    double? share = figures().Share;
                    bar.IsIndeterminate = share is null;
                    bar.Value = share ?? 0;
                    context.Refresh();
                }
            });

    // A line is written over the bar, which is redrawn below: if the bar is longer than the line, its end would stay.
    private sealed class LineAbove(string line, Style style) : Renderable
    {
        private const string EraseToEndOfScreen = "\e[0J";

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [Segment.Control(EraseToEndOfScreen), .. ((IRenderable)new Text(line, style)).Render(options, maxWidth), Segment.LineBreak];
    }

    private sealed class FiguresColumn(Func<BatchFigures> figures) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            BatchFigures now = figures();
            string[] parts =
            [
                now.Share is { } share ? Text($"{share * 100:0.0}%") : "counting",
                now.Total is { } total ? Text($"{now.Done:N0}/{total:N0}") : Text($"{now.Done:N0}"),
                .. options.ConsoleSize.Width < Narrow ? [] : Pace(now),
                now.Left is { } left ? $"{(options.ConsoleSize.Width < Narrow ? "" : "left ")}{BatchFigures.Clock(left)}" : "left ?",
            ];
            return new Paragraph(string.Join(' ', parts)).Append(now.Failed == 0 ? "" : $" failed {now.Failed}", new Style(Color.Red));
        }

        private static IEnumerable<string> Pace(BatchFigures now) =>
            now.Bytes > 0 ? [Text($"{now.Rate:0.0}/s"), BatchFigures.Size(now.Bytes)] : [Text($"{now.Rate:0.0}/s")];

        private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
