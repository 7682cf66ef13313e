using ImageBackend.Cli.Tests;
using ImageBackend.Testing;
using ImageBackend.Together.Tests.Rows;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace ImageBackend.Together.Tests;

/// <summary>
/// The rows of <see cref="Plan"/> on folders. What is said there about a row applies to all storages: see <see cref="SiteInTurn"/>.
/// </summary>
[TestCaseOrderer("ImageBackend.Together.Tests.ByNumber", "ImageBackend.Together.Tests")]
public sealed class MatrixOnFolders(PostgresServer database, SiteInTurn site, ITestOutputHelper output)
    : IClassFixture<PostgresServer>, IClassFixture<SiteInTurn>
{
    public static TheoryData<int, string> Steps => SiteInTurn.StepsOn(Plan.Folders);

    [SkippableTheory]
    [MemberData(nameof(Steps))]
    public Task Holds(int number, string row) => site.TakeAsync(number, row, server: null, database, output);
}

[TestCaseOrderer("ImageBackend.Together.Tests.ByNumber", "ImageBackend.Together.Tests")]
public sealed class MatrixOnS3(S3Server server, PostgresServer database, SiteInTurn site, ITestOutputHelper output)
    : IClassFixture<S3Server>, IClassFixture<PostgresServer>, IClassFixture<SiteInTurn>
{
    public static TheoryData<int, string> Steps => SiteInTurn.StepsOn(Plan.OneAccount);

    [SkippableTheory]
    [MemberData(nameof(Steps))]
    public Task Holds(int number, string row) => site.TakeAsync(number, row, server, database, output);
}

[TestCaseOrderer("ImageBackend.Together.Tests.ByNumber", "ImageBackend.Together.Tests")]
public sealed class MatrixOnS3OfTwoAccounts(S3Server server, PostgresServer database, SiteInTurn site, ITestOutputHelper output)
    : IClassFixture<S3Server>, IClassFixture<PostgresServer>, IClassFixture<SiteInTurn>
{
    public static TheoryData<int, string> Steps => SiteInTurn.StepsOn(Plan.TwoAccounts);

    [SkippableTheory]
    [MemberData(nameof(Steps))]
    public Task Holds(int number, string row) => site.TakeAsync(number, row, server, database, output);
}

/// <summary>The running site: each runs its steps in order, and then makes room for the next.</summary>
public sealed class SiteInTurn : IAsyncLifetime
{
    private Site? _site;

    public static TheoryData<int, string> StepsOn(string storage)
    {
        TheoryData<int, string> data = [];
        foreach (Step step in Plan.Current.StepsOn(storage))
        {
            data.Add(step.Number, step.ToString());
        }

        return data;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }

    /// <param name="row">For the reader.</param>
    public async Task TakeAsync(int number, string row, S3Server? server, PostgresServer database, ITestOutputHelper output)
    {
        Step step = Plan.Current.Steps[number - 1];
        output.WriteLine(row);
        output.WriteLine(Plan.Current.HowToRun(step));
        string? missing = step.Site.Storage == Plan.Folders ? null
            : S3Server.WhySkipped ?? (step.Site.Storage == Plan.TwoAccounts && server is { IsOurs: false } ? "the server has no second account that is known" : null);
        missing ??= step.Row?.Deed == Deed.Migrate || step.Site.SharesBatches ? new NeedsPostgresFactAttribute().Skip : null;
        Skip.If(missing is not null, missing);

        if (_site?.Facts.Number != step.Site.Number)
        {
            await DisposeAsync();
            _site = null;
            _site = await Site.StartAsync(step.Site, server, database);
        }

        await (step.Row is null ? LookAsync(_site) : RunAsync(_site, new Story(_site, step, step.Row, database)));
    }

    private static async Task RunAsync(Site site, Story story)
    {
        bool isDone = false;
        try
        {
            await story.RunAsync();
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                site.Forget(story.Stems);
            }
        }
    }

    private static async Task LookAsync(Site site)
    {
        await site.ShouldHaveNothingElseAsync();
        Ended ended = await site.ImagesAsync("verify", "--decode");
        // A busy machine makes a decoder wait; this is reported, and tried again. Of a shared run its workers are told, too: there, only lines that name an image count.
        string[] found = [.. ended.Errors.Split('\n').Where(line => (site.Facts.SharesBatches ? line.Contains('_', StringComparison.Ordinal) : line.Length > 0) && !line.Contains("Next try in", StringComparison.Ordinal) && !site.Unknown.Any(stem => line.Contains(stem, StringComparison.Ordinal)))];
        found.Should().BeEmpty(ended.Output);
        (site.Unknown.Count > 0 || ended.Output.Contains("Nothing was found.", StringComparison.Ordinal)).Should().BeTrue(ended.Output);
        ended.Code.Should().BeOneOf(site.Unknown.Count > 0 ? [0, 1] : [0]);
        site.ShouldBeContent();
    }
}

/// <summary>Runs steps in order.</summary>
public sealed class ByNumber : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethodArguments is [int number, ..] ? number : 0);
}
