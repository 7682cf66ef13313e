using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>`images migrate` as a separate process: from a real PostgreSQL and a server of originals into real folders.</summary>
public sealed partial class MigrateTests(PostgresServer database) : IClassFixture<PostgresServer>, IAsyncLifetime, IDisposable
{
    private const string Reader = "reader";
    private const string Password = "s3cret/of@reader";

    private static readonly string[] Whole =
    [
        "1_1.jpg", "1_1BI.jpg", "1_1MI.jpg", "1_1SI.jpg",
        "2_2.png", "2_2BI.png", "2_2MI.png", "2_2SI.png",
        "3_3.svg", "3_3BI.jpg", "3_3MI.jpg", "3_3SI.jpg",
    ];

    private readonly ImagesProgram _images = new();
    private readonly OriginalsServer _originals = OriginalsServer.Start();

    public Task InitializeAsync()
    {
        _originals.Serve("1_1.jpg", Pictures.Jpeg(600, 400));
        _originals.Serve("2_2.png", Pictures.Png(300, 500));
        _originals.Serve("3_3.svg", Pictures.SvgBytes());
        _images.Variables["V5_IMAGES_URL"] = _originals.Address.ToString();
        _images.Variables["IMAGING_ISOLATION"] = "none"; // these tests are not about workers, which take time to start
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _originals.DisposeAsync();

    public void Dispose() => _images.Dispose();

    [NeedsPostgresFact]
    public async Task Brings_every_image_once_and_then_finds_nothing_to_do()
    {
        await FillAsync(V5Schema.Row("1_1.jpg") + V5Schema.Row("2_2.png", hasSvg: null) + V5Schema.Row("1_1.jpg") + V5Schema.Row(null) + V5Schema.Row("3_3.png", hasSvg: true));

        Ended first = await _images.RunAsync("migrate -p 1");
        string[] written = Entries();
        Ended second = await _images.RunAsync("migrate");

        first.Code.Should().Be(0, first.Errors);
        first.Output.Should().Contain("Images: 3, skipped: 0, processed: 3, errors: 0");
        ImagesProgram.ImagesIn(_images.Active).Should().Equal(Whole);
        File.ReadAllBytes(Path.Combine(_images.Active, "1_1.jpg")).Should().Equal(Pictures.Jpeg(600, 400));
        Look.SizeOf(File.ReadAllBytes(Path.Combine(_images.Active, "2_2MI.png"))).Should().Be((240, 400));
        second.Code.Should().Be(0, second.Errors);
        second.Output.Should().Contain("Images: 3, skipped: 3, processed: 0, errors: 0");
        Entries().Should().Equal(written, "the second run writes nothing");
        _originals.Asked.Should().BeEquivalentTo("1_1.jpg", "2_2.png", "3_3.svg");
        Directory.EnumerateFileSystemEntries(_images.Temp).Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task One_image_never_stops_the_others_and_the_failed_ones_can_be_taken_up_alone()
    {
        byte[] photo = Pictures.Jpeg(600, 400);
        _originals.Serve("html.jpg", Encoding.ASCII.GetBytes("<html><body>Moved</body></html>"), "text/html");
        _originals.Serve("half.jpg", Pictures.CutOff(photo));
        _originals.Serve("kind.png", photo);
        _originals.Serve("phone.png", ForeignPictures.WebP(600, 400));
        _originals.Serve("large.jpg", [.. photo, .. new byte[1_000_000]]);
        _originals.CutOff("breaks.jpg", photo);
        _originals.ServeAfter("comes.jpg", failures: 1, 503, photo);
        _originals.Redirect("away.jpg", "http://localhost/away.jpg");
        _images.Variables["MAX_UPLOAD_BYTES"] = "500000";
        string[] names = ["html.jpg", "half.jpg", "kind.png", "phone.png", "large.jpg", "breaks.jpg", "away.jpg", "missing.jpg", "no/key.jpg", "comes.jpg", "1_1.jpg"];
        await FillAsync(string.Concat(names.Select(name => V5Schema.Row(name))));
        string report = _images.PathOf("report.json");

        Ended first = await _images.RunAsync($"migrate -j 4 --report {report}");
        int asked = _originals.Asked.Count;
        _originals.Serve("half.jpg", photo);
        Ended second = await _images.RunAsync($"migrate --retry {report}");

        first.Code.Should().Be(1);
        first.Output.Should().Contain("Images: 11, skipped: 0, processed: 3, errors: 8");
        first.Errors.Should().Contain("Failed: html.jpg: The file is not a picture in an accepted format")
            .And.Contain("Failed: half.jpg: The picture is damaged or cut off")
            .And.Contain("Failed: kind.png: Its name ends with .png, but the file's format is jpg.")
            .And.Contain("Failed: large.jpg: The file is larger than the limit of 500000 bytes.")
            .And.Contain("Failed: breaks.jpg: The original breaks.jpg can't be read: the connection broke off")
            .And.Contain("Failed: away.jpg: The original away.jpg can't be read: the server redirects to http://localhost")
            .And.Contain("Failed: missing.jpg: The original missing.jpg can't be read: the server answers 404.")
            .And.Contain("Failed: no/key.jpg: 'no/key.jpg' is not a valid key of an image")
            .And.NotContain("   at ");
        second.Output.Should().Contain("Images: 8, skipped: 0, processed: 1, errors: 7");
        _originals.Asked.Skip(asked).Should().NotContain("1_1.jpg");
        ImagesProgram.ImagesIn(_images.Active).Should().HaveCount(4 * 4, "what is refused leaves nothing");
    }

    [NeedsPostgresFact]
    public async Task A_database_that_can_not_be_read_ends_it_with_3_and_a_sentence_without_a_password()
    {
        await FillAsync(V5Schema.Row("1_1.jpg"));
        string good = _images.Variables["V5_DATABASE_URL"];
        (string Address, string Says)[] bad =
        [
            (good.Replace("s3cret", "s3cred", StringComparison.Ordinal), "refuses the user or the password"),
            (await database.CreateDatabaseAsync("SELECT 1", Reader, Password), "has no table app_images_archives"),
            (await database.CreateDatabaseAsync(V5Schema.Tables, Reader, Password), "gives its user no right"),
            ("postgresql://reader:s3cret@127.0.0.1:1/v5", "can't be reached"),
        ];
        foreach ((string address, string says) in bad)
        {
            _images.Variables["V5_DATABASE_URL"] = address;

            Ended images = await _images.RunAsync("migrate");

            images.Code.Should().Be(3, images.Errors);
            images.Errors.Should().Contain(says).And.NotContain("tried again");
            (images.Output + images.Errors).Should().NotContain("s3cre").And.NotContain("   at ");
        }

        ImagesProgram.ImagesIn(_images.Active).Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task Killed_at_any_moment_and_started_again_it_ends_in_the_same_bytes()
    {
        const int Count = 40;
        string rows = string.Concat(Enumerable.Range(1, Count).Select(i => V5Schema.Row($"{i}_{i}.jpg")));
        for (int i = 1; i <= Count; i++)
        {
            _originals.Serve($"{i}_{i}.jpg", Pictures.Jpeg(300 + i, 200));
        }

        await FillAsync(rows);
        (await _images.RunAsync("migrate")).Code.Should().Be(0);
        Dictionary<string, byte[]> undisturbed = Contents(_images.Active);
        undisturbed.Should().HaveCount((4 * Count) + (3 * Count), "there is a recipe beside each thumbnail");

        using ImagesProgram killed = new();
        foreach ((string name, string value) in _images.Variables.Where(pair => !killed.Variables.ContainsKey(pair.Key)))
        {
            killed.Variables[name] = value;
        }

        foreach (int files in new[] { 1, 40, 100 })
        {
            using Process process = ImagesProgram.Start(killed.Variables, "migrate");
            while (!process.HasExited && ImagesProgram.ImagesIn(killed.Active).Count < files)
            {
                await Task.Delay(1);
            }

            process.HasExited.Should().BeFalse("it should be in the midst of it");
            process.Kill();
            await process.WaitForExitAsync();
            WithoutThumbnails(killed.Active).Should().BeEmpty("an original in active has all its thumbnails");
        }

        Ended last = await killed.RunAsync("migrate");

        last.Code.Should().Be(0, last.Errors);
        Contents(killed.Active).Should().BeEquivalentTo(undisturbed);
        Directory.EnumerateFileSystemEntries(killed.Temp).Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task One_image_may_be_named_by_its_key_or_as_the_database_has_it()
    {
        await FillAsync(V5Schema.Row("1_1.jpg") + V5Schema.Row("3_3.png", hasSvg: true));

        Ended unknown = await _images.RunAsync("migrate -k 9_9.jpg");
        Ended drawing = await _images.RunAsync("migrate -k 3_3.png -v");

        unknown.Code.Should().Be(1);
        unknown.Errors.Should().Contain("Failed: 9_9.jpg: The V5 database has no image of this name.");
        drawing.Code.Should().Be(0, drawing.Errors);
        ImagesProgram.ImagesIn(_images.Active).Should().Equal(Whole[8..]);
    }

    [NeedsPostgresFact]
    public async Task A_dry_run_says_what_it_would_do_and_does_nothing()
    {
        await FillAsync(V5Schema.Row("1_1.jpg"));

        Ended images = await _images.RunAsync("migrate --dry-run");

        images.Code.Should().Be(0, images.Errors);
        images.Output.Should().Contain("Processed: 1_1.jpg").And.Contain("Images: 1, skipped: 0, processed: 1, errors: 0");
        ImagesProgram.ImagesIn(_images.Active).Should().BeEmpty();
        _originals.Asked.Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task What_the_ledger_has_is_skipped_and_the_rest_is_marked_in_it()
    {
        await FillAsync(V5Schema.Row("1_1.jpg") + V5Schema.Row("2_2.png"));
        string ledger = await database.CreateDatabaseAsync(
            "CREATE TABLE local_active_folder (key character varying(30) PRIMARY KEY); "
            + "INSERT INTO local_active_folder VALUES ('1_1.jpg'), ('1_1BI.jpg'), ('1_1MI.jpg'), ('1_1SI.jpg')");
        _images.Variables["BUCKET_DATABASE_URL"] = ledger;

        Ended images = await _images.RunAsync("migrate");

        images.Output.Should().Contain("Images: 2, skipped: 1, processed: 1, errors: 0");
        ImagesProgram.ImagesIn(_images.Active).Should().Equal(Whole[4..8]);
        (await database.AskAsync(ledger[(ledger.LastIndexOf('/') + 1)..], "SELECT key FROM local_active_folder ORDER BY key COLLATE \"C\"")).Should().Equal(Whole[..8]);
    }

    [Fact]
    public async Task Says_which_settings_it_needs_and_ends_with_2()
    {
        _images.Variables.Remove("V5_IMAGES_URL");

        Ended images = await _images.RunAsync("migrate");

        images.Code.Should().Be(2);
        images.Errors.Should().Contain("V5_DATABASE_URL: is not set").And.Contain("V5_IMAGES_URL: is not set");
    }

    private async Task FillAsync(string rows) => _images.Variables["V5_DATABASE_URL"] =
        await database.CreateDatabaseAsync(V5Schema.Tables + V5Schema.Reader(Reader, Password) + rows, Reader, Password);

    private string[] Entries() =>
        [.. new DirectoryInfo(_images.Active).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)];

    // A recipe names the file that it was written with, which differs each time.
    private static Dictionary<string, byte[]> Contents(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), path => IsRecipe(path)
            ? Encoding.UTF8.GetBytes(NamedFile().Replace(File.ReadAllText(path), ""))
            : File.ReadAllBytes(path));

    private static bool IsRecipe(string path) => path.EndsWith(".json", StringComparison.Ordinal);

    [GeneratedRegex("\"recipeOf\":\"[^\"]+\"")]
    private static partial Regex NamedFile();

    private static IEnumerable<string> WithoutThumbnails(string folder)
    {
        IReadOnlyList<string> all = ImagesProgram.ImagesIn(folder);
        return all.Where(name => char.IsDigit(Path.GetFileNameWithoutExtension(name)[^1]))
            .Where(name => new[] { "BI", "MI", "SI" }.Any(suffix => !all.Contains(name.Replace(".", $"{suffix}.", StringComparison.Ordinal))));
    }
}
