using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>`images verify` and `images clean` on folders with what does not belong there.</summary>
public sealed class StrangeEntryTests : IDisposable
{
    private readonly ImagesProgram _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task Verify_names_each_problem_once_and_goes_on()
    {
        foreach (string key in new[] { "1_1.jpg", "2_2.jpg", "3_3.jpg" })
        {
            Put(_images.Active, key, Pictures.Jpeg(600, 400));
        }

        (await _images.RunAsync("resize")).Code.Should().Be(0);
        Put(_images.Active, "2_2.jpg", []);
        Put(_images.Active, "3_3BI.jpg", []);
        Put(_images.Active, "4_4BI.jpg", Pictures.Jpeg(30, 20));
        Put(_images.Active, "5_5.jpg", Pictures.Jpeg(60, 40)); // without thumbnails
        Directory.CreateDirectory(Path.Combine(_images.Active, "6_6.jpg", "inside"));
        Put(_images.Incoming, "7_7.jpg", []);
        string beside = Path.Combine(_images.Active, ".meta");
        File.WriteAllText(Path.Combine(beside, "1_1MI.jpg.json"), "no JSON");
        File.WriteAllText(Path.Combine(beside, "somebody's.json"), "{}");
        File.Delete(Path.Combine(beside, "1_1SI.jpg.json"));
        Directory.CreateDirectory(Path.Combine(beside, "1_1SI.jpg.json"));

        Ended found = await _images.RunAsync("verify --decode");

        found.Code.Should().Be(1);
        foreach (string problem in new[] { "empty 2_2.jpg", "missing 3_3BI.jpg", "orphaned 4_4BI.jpg", "missing 5_5MI.jpg", "empty 7_7.jpg", "stale 1_1MI.jpg", "stale 1_1SI.jpg" })
        {
            found.Errors.Split(problem).Should().HaveCount(2, "{0} is said once in: {1}", problem, found.Errors);
        }

        (found.Output + found.Errors).Should().NotContain("   at ").And.NotContain("6_6").And.NotContain("somebody");
    }

    [Fact]
    public async Task Clean_removes_what_is_old_and_leaves_what_is_not_an_image()
    {
        Put(_images.Incoming, "1475660224_1.jpg", []);
        Put(_images.Incoming, "1475660224_2BI.jpg", Pictures.Jpeg(30, 20)); // without an original
        Put(_images.Incoming, "1475660224_3.jpg", Pictures.Jpeg(30, 20)); // without thumbnails
        Directory.CreateDirectory(Path.Combine(_images.Incoming, "1475660224_4.jpg"));
        Directory.CreateDirectory(Path.Combine(_images.Incoming, ".meta", "1475660224_3.jpg.json"));
        File.WriteAllText(Path.Combine(_images.Incoming, ".meta", "1475660224_1.jpg.json"), "no JSON");

        Ended clean = await _images.RunAsync("clean");

        clean.Code.Should().Be(0, clean.Output + clean.Errors);
        clean.Output.Should().Contain("processed: 3, errors: 0");
        ImagesProgram.ImagesIn(_images.Incoming).Should().BeEmpty();
        Directory.Exists(Path.Combine(_images.Incoming, "1475660224_4.jpg")).Should().BeTrue();
    }

    [FactThatLies]
    public async Task A_listing_that_leaves_originals_out_costs_no_image()
    {
        using TempFolder folder = new();
        using LyingFolder incoming = new(folder, "incoming");
        using LyingFolder active = new(folder, "active");
        (_images.Variables["INCOMING_FOLDER"], _images.Variables["ACTIVE_FOLDER"]) = (incoming.Path, active.Path);
        foreach (LyingFolder place in new[] { incoming, active })
        {
            foreach (string key in new[] { "1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_1SI.jpg" })
            {
                Put(place.Behind, key, Pictures.Jpeg(30, 20));
            }

            place.Tell("list - ^/1475660224_1.jpg$"); // the thumbnails look like orphans
        }

        Ended clean = await _images.RunAsync("clean");
        Ended verify = await _images.RunAsync("verify --repair");

        clean.Code.Should().Be(0, clean.Errors);
        verify.Code.Should().Be(0, verify.Errors);
        ImagesProgram.ImagesIn(incoming.Behind).Should().HaveCount(4);
        ImagesProgram.ImagesIn(active.Behind).Should().HaveCount(4);
    }

    private static void Put(string folder, string key, byte[] content)
    {
        string path = Path.Combine(folder, key);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-3));
    }
}
