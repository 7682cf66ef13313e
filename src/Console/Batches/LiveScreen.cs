using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImageBackend.Cli.Batches;

/// <summary>A bar that moves, on a terminal; lines go above it.</summary>
internal sealed class LiveScreen(IAnsiConsole terminal) : IBatchScreen
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    public void Say(string line) => terminal.WriteLine(line);

    public void Trouble(string line) => terminal.WriteLine(line, new Style(Color.Red));

    public void Advance(BatchFigures figures)
    {
        // The bar looks for itself.
    }

    public Task ShowAsync(Func<BatchFigures> figures, Task work) =>
        terminal.Progress()
            .AutoRefresh(false)
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 24 }, new FiguresColumn(figures))
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

    private sealed class FiguresColumn(Func<BatchFigures> figures) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            BatchFigures now = figures();
            string text = string.Create(CultureInfo.InvariantCulture, $"""
                {(now.Share is { } share ? $"{share * 100:0.0}%" : "counting")} {now.Done:N0}{(now.Total is { } total ? $"/{total:N0}" : "")} {now.Rate:0.0}/s {BatchFigures.Size(now.Bytes)} left {(now.Left is { } left ? BatchFigures.Clock(left) : "?")}
                """);
            return new Paragraph(text).Append(now.Failed == 0 ? "" : $" failed {now.Failed}", new Style(Color.Red));
        }
    }
}
