using ImageBackend.Cli.Batches;

namespace ImageBackend.Cli.Tests.Batches;

public sealed class BatchFiguresTests
{
    [Fact]
    public void A_line_is_as_the_predecessors_had_it_and_says_what_is_left() =>
        new BatchFigures(Total: 2000, Skipped: 100, Processed: 395, Failed: 5, Bytes: 0, TimeSpan.FromSeconds(100)).ToLine()
            .Should().Be("Progress: 500 / 2000 (25.00%), elapsed 0:01:40, left 0:05:00");

    [Fact]
    public void A_line_without_a_total_says_how_many_are_done() =>
        new BatchFigures(Total: null, Skipped: 0, Processed: 7, Failed: 0, Bytes: 0, TimeSpan.FromHours(30)).ToLine()
            .Should().Be("Progress: 7, elapsed 30:00:00");

    [Fact]
    public void More_than_was_counted_is_not_more_than_all() =>
        new BatchFigures(Total: 10, Skipped: 0, Processed: 12, Failed: 0, Bytes: 0, TimeSpan.FromSeconds(1)).ToLine()
            .Should().Be("Progress: 12 / 10 (100.00%), elapsed 0:00:01, left 0:00:00");

    [Theory]
    [InlineData(0, "0.0 kB")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(12_345_678, "12.3 MB")]
    [InlineData(12_345_678_901, "12.3 GB")]
    public void Bytes_are_short(long bytes, string text) => BatchFigures.Size(bytes).Should().Be(text);

    [Fact]
    public void A_plain_screen_has_a_line_after_so_many_items_and_troubles_apart()
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        PlainScreen screen = new(output, errors, every: 10);

        for (int i = 1; i <= 25; i++)
        {
            screen.Advance(new BatchFigures(100, 0, i, 0, 0, TimeSpan.FromSeconds(i)));
        }

        screen.WriteError("Failed: 1_1.jpg: damaged");

        output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Should().Equal(
            "Progress: 10 / 100 (10.00%), elapsed 0:00:10, left 0:01:30", "Progress: 20 / 100 (20.00%), elapsed 0:00:20, left 0:01:20");
        errors.ToString().Trim().Should().Be("Failed: 1_1.jpg: damaged");
    }
}
