using System.Diagnostics;
using System.Globalization;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>`images resize` as a separate process, on real folders and pictures.</summary>
public sealed class ResizeTests : IDisposable
{
    private static readonly string[] Set = ["1_1.jpg", "1_1BI.jpg", "1_1MI.jpg", "1_1SI.jpg", "2_2.png", "2_2BI.png", "2_2MI.png", "2_2SI.png"];

    private readonly ImagesProgram _images = new();

    public ResizeTests()
    {
        File.WriteAllBytes(Path.Combine(_images.Active, "1_1.jpg"), Pictures.Jpeg(600, 400));
        File.WriteAllBytes(Path.Combine(_images.Active, "2_2.png"), Pictures.Png(300, 500));
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task Makes_what_is_missing_and_then_finds_nothing_to_do()
    {
        Ended first = await _images.RunAsync("resize -p 1");
        Ended second = await _images.RunAsync("resize");

        first.Code.Should().Be(0, first.Errors);
        first.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0").And.MatchRegex(@"Progress: 2 / 2 \(100\.00%\), elapsed 0:00:\d\d, left 0:00:00");
        first.Errors.Should().BeEmpty();
        ImagesProgram.ImagesIn(_images.Active).Should().Equal(Set);
        Look.SizeOf(File.ReadAllBytes(Path.Combine(_images.Active, "1_1MI.jpg"))).Should().Be((400, 267));
        second.Output.Should().Contain("Images: 2, skipped: 2, processed: 0, errors: 0");
        Directory.EnumerateFileSystemEntries(_images.Temp).Should().BeEmpty();
    }

    [Fact]
    public async Task Names_a_broken_original_keeps_its_thumbnails_and_ends_with_1()
    {
        File.WriteAllBytes(Path.Combine(_images.Active, "3_3.jpg"), Pictures.CutOff(Pictures.Jpeg(300, 300)));
        File.WriteAllText(Path.Combine(_images.Active, "3_3BI.jpg"), "an old one");

        Ended images = await _images.RunAsync($"resize --report {_images.PathOf("report.json")}");

        images.Code.Should().Be(1);
        images.Errors.Trim().Should().StartWith("Failed: 3_3.jpg: The picture is damaged");
        images.Output.Should().Contain("Images: 3, skipped: 0, processed: 2, errors: 1");
        ImagesProgram.ImagesIn(_images.Active).Should().Equal([.. Set, "3_3.jpg", "3_3BI.jpg"]);
        File.ReadAllText(_images.PathOf("report.json")).Should().Contain("The picture is damaged").And.Contain("1_1BI.jpg (missing)");
    }

    [Theory]
    [InlineData("resize --missing --format webp,avif", false)]
    [InlineData("resize --format jpg,png,webp", false)]
    [InlineData("resize --force", true)]
    [InlineData("verify --repair", true)]
    [InlineData("verify --decode --repair", true)]
    public async Task Every_format_is_made_whatever_asks_for_it(string command, bool areSet)
    {
        File.WriteAllBytes(Path.Combine(_images.Active, "3_3.gif"), Pictures.AnimatedGif(60, 40, [100, 100, 100], 0));
        File.WriteAllBytes(Path.Combine(_images.Active, "4_4.svg"), Pictures.SvgBytes(60, 40));
        _images.Variables["GENERATE_WEBP"] = _images.Variables["GENERATE_AVIF"] = areSet ? "1" : "0";

        Ended images = await _images.RunAsync(command);

        images.Code.Should().Be(0, images.Errors);
        images.Errors.Should().BeEmpty();
        images.Output.Should().Contain("Images: 4, skipped: 0, processed: 4, errors: 0");
        string[] formats = areSet ? ["base", "webp", "avif"] : command.Contains("jpg") ? ["base", "webp"] : ["webp", "avif"];
        IEnumerable<string> expected =
            from original in new[] { "1_1.jpg", "2_2.png", "3_3.gif", "4_4.svg" }
            from format in formats
            from suffix in new[] { "BI", "MI", "SI" }
            where format != "base" || areSet || original != "3_3.gif"
            select $"{original[..3]}{suffix}.{(format != "base" ? format : original == "4_4.svg" ? "jpg" : original[4..])}";
        ImagesProgram.ImagesIn(_images.Active).Should().BeEquivalentTo(expected.Concat(["1_1.jpg", "2_2.png", "3_3.gif", "4_4.svg"]));
    }

    [Fact]
    public async Task A_plan_tells_what_is_due_and_writes_nothing()
    {
        Ended images = await _images.RunAsync("resize --plan --size MI,SI");

        images.Code.Should().Be(0, images.Errors);
        images.Output.Should().MatchRegex(@"MI +jpg +1 +0 +0 +\d").And.MatchRegex(@"SI +png +1 +0 +0 +\d").And.NotContain("BI").And.Contain("2 images, about");
        ImagesProgram.ImagesIn(_images.Active).Should().Equal("1_1.jpg", "2_2.png");
    }

    [Theory]
    [InlineData("--jobs 0", "0")]
    [InlineData("--jobs many", "many")]
    [InlineData("--shard 3/2", "3/2")]
    [InlineData("--shards 2", "JOB_COMPLETION_INDEX")]
    [InlineData("--size XXL", "XXL")]
    [InlineData("--format tiff", "tiff")]
    [InlineData("--retry none.json", "none.json")]
    [InlineData("--key 1_1.jpg --retry none.json", "--retry")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_wrong(string options, string word)
    {
        Ended images = await _images.RunAsync($"resize {options}");

        images.Code.Should().Be(2);
        images.Errors.Should().Contain(word).And.NotContain("   at ");
        ImagesProgram.ImagesIn(_images.Active).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("9_9.jpg", "There is no 9_9.jpg in active.")]
    [InlineData("1_1MI.jpg", "'1_1MI.jpg' is a thumbnail's key; give the original's.")]
    [InlineData("../1_1.jpg", "'../1_1.jpg' is not a valid key of an image")]
    public async Task A_key_that_does_not_exist_fails_with_its_reason(string key, string reason)
    {
        Ended images = await _images.RunAsync($"resize -k {key}");

        images.Code.Should().Be(1);
        images.Errors.Should().Contain(reason);
    }

    [Fact]
    public async Task Wrong_settings_are_all_told_and_end_with_2()
    {
        _images.Variables["ACTIVE_FOLDER"] = _images.PathOf("nowhere");
        _images.Variables["MAX_PIXELS"] = "many";

        Ended images = await _images.RunAsync("resize");

        images.Code.Should().Be(2);
        images.Errors.Should().Contain("ACTIVE_FOLDER: the folder").And.Contain("MAX_PIXELS: 'many'");
    }

    [Fact]
    public async Task The_program_and_its_workers_stand_back()
    {
        for (int i = 0; i < 200; i++)
        {
            File.Copy(Path.Combine(_images.Active, "1_1.jpg"), Path.Combine(_images.Active, $"{i + 10}_1.jpg"));
        }

        using Process process = ImagesProgram.Start(_images.Variables, "resize", "-p", "1", "-j", "1");
        string? line = await process.StandardOutput.ReadLineAsync();
        line.Should().StartWith("Progress: 1");
        int[] workers = [.. WorkersOf(process.Id)];

        workers.Should().NotBeEmpty();
        foreach (int id in workers.Append(process.Id))
        {
            RunningPrograms.OfThreads(id, "stat").Select(NicenessIn).Should().OnlyContain(niceness => niceness >= 10, $"{id} is one of the program's processes");
        }

        process.Kill();
    }

    // A process is a child of the thread that started it.
    private static IEnumerable<int> WorkersOf(int id) =>
        RunningPrograms.OfThreads(id, "children").SelectMany(children => children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));

    // The 19th field; the name, in brackets, may contain blanks.
    private static int NicenessIn(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
}
