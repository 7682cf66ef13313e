using System.Text.Json;
using ImageBackend.Application.Abstractions;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests.Batches;

public sealed class BatchReportTests
{
    [Fact]
    public async Task Holds_failures_with_reasons_and_the_figures()
    {
        using TestFolder folder = new();
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Report = folder.PathOf("report.json") } };

        await batch.RunAsync(key => key == "4_1.jpg" ? throw new InvalidImageException("broken_image", "It is \"damaged\".") : ItemResult.Processed(bytes: 5));

        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(folder.PathOf("report.json")));
        JsonElement item = report.RootElement.GetProperty("items").EnumerateArray().Should().ContainSingle().Subject;
        item.GetProperty("key").GetString().Should().Be("4_1.jpg");
        item.GetProperty("result").GetString().Should().Be("failed");
        item.GetProperty("reasons")[0].GetString().Should().Be("It is \"damaged\".");
        report.RootElement.GetProperty("batch").GetString().Should().Be("test");
        report.RootElement.GetProperty("processed").GetInt64().Should().Be(9);
        report.RootElement.GetProperty("errors").GetInt64().Should().Be(1);
        report.RootElement.GetProperty("bytes").GetInt64().Should().Be(45);
        report.RootElement.GetProperty("exitCode").GetInt32().Should().Be(1);
        folder.Entries.Should().Equal("report.json");
    }

    [Fact]
    public async Task A_retry_does_only_what_failed_and_may_write_the_same_report()
    {
        using TestFolder folder = new();
        string path = folder.PathOf("report.json");
        using TestBatch first = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Report = path } };
        await first.RunAsync(key => key is "4_1.jpg" or "8_1.jpg" ? throw new InvalidImageException("broken_image", "Damaged.") : ItemResult.Processed());
        using TestBatch second = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Report = path, Retry = path } };

        int code = await second.RunAsync(_ => ItemResult.Processed());

        code.Should().Be(ExitCodes.Done);
        second.Begun.Should().BeEquivalentTo("4_1.jpg", "8_1.jpg");
        (await BatchReport.ReadFailedAsync(path, CancellationToken.None)).Should().BeEmpty();
    }

    [Fact]
    public async Task Lists_what_was_at_work_when_the_storage_went_away()
    {
        using TestFolder folder = new();
        string path = folder.PathOf("report.json");
        using TestBatch batch = new() { Keys = TestBatch.Numbers(100), Choices = new BatchChoices { Jobs = 1, Report = path } };

        await batch.RunAsync(key => key == "5_1.jpg" ? throw new StorageException("active", "gone.") : ItemResult.Processed());

        (await BatchReport.ReadFailedAsync(path, CancellationToken.None)).Should().Contain("5_1.jpg");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{\"items\":7}")]
    public async Task What_is_no_report_can_not_be_retried(string? content)
    {
        using TestFolder folder = new();
        if (content is not null)
        {
            await File.WriteAllTextAsync(folder.PathOf("report.json"), content);
        }

        Func<Task> act = () => BatchReport.ReadFailedAsync(folder.PathOf("report.json"), CancellationToken.None);

        (await act.Should().ThrowAsync<UsageException>()).Which.Message.Should().Contain("report.json");
    }

    [Fact]
    public async Task A_report_that_can_not_be_written_is_said_before_anything_is_done()
    {
        using TestFolder folder = new();
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Report = folder.PathOf("none", "report.json") } };

        Func<Task> act = () => batch.RunAsync(_ => ItemResult.Processed());

        await act.Should().ThrowAsync<UsageException>();
        batch.Begun.Should().BeEmpty();
    }
}
