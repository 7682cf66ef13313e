using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>`images verify` as a separate process, on real folders and pictures.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly ImagesProgram _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task Finds_repairs_and_then_finds_nothing()
    {
        foreach (string key in new[] { "1_1", "2_2", "3_3" })
        {
            File.WriteAllBytes(Path.Combine(_images.Active, key + ".jpg"), Pictures.Jpeg(600, 400));
        }

        (await _images.RunAsync("resize")).Code.Should().Be(0);
        File.Delete(Path.Combine(_images.Active, "1_1MI.jpg"));
        File.WriteAllText(Path.Combine(_images.Active, "2_2BI.jpg"), "");
        File.WriteAllBytes(Path.Combine(_images.Active, "3_3SI.jpg"), Pictures.Jpeg(30, 20));
        Put("4_4BI.jpg", Pictures.Jpeg(30, 20));
        File.WriteAllText(Path.Combine(_images.Active, ".meta", "4_4BI.jpg.json"), """{"recipe":"0123456789abcdef"}"""); // without it, it may be somebody's original

        Ended found = await _images.RunAsync($"verify --decode --repair --dry-run --report {_images.PathOf("report.json")}");
        Ended repaired = await _images.RunAsync("verify --decode --repair");
        Ended sound = await _images.RunAsync("verify --decode");

        found.Code.Should().Be(1);
        found.Errors.Should().Contain("Failed: 1_1.jpg: missing 1_1MI.jpg").And.Contain("Failed: 2_2.jpg: missing 2_2BI.jpg")
            .And.Contain("Failed: 3_3.jpg: of the wrong size 3_3SI.jpg").And.Contain("Failed: 4_4BI.jpg: orphaned 4_4BI.jpg");
        found.Output.Should().Contain("Images: 4, skipped: 0, processed: 0, errors: 4").And.Contain("missing: 2").And.Contain("orphaned: 1");
        File.ReadAllText(_images.PathOf("report.json")).Should().Contain("missing 1_1MI.jpg");
        repaired.Code.Should().Be(0, repaired.Errors);
        repaired.Output.Should().Contain("of the wrong size: 1, repaired: 1");
        sound.Code.Should().Be(0, sound.Errors);
        sound.Output.Should().Contain("Images: 3, skipped: 0, processed: 3, errors: 0").And.Contain("Nothing was found.");
        ImagesProgram.ImagesIn(_images.Active).Should().HaveCount(12);
        Look.SizeOf(File.ReadAllBytes(Path.Combine(_images.Active, "3_3SI.jpg"))).Should().Be((200, 200));
    }

    [Fact]
    public async Task Finds_a_place_that_is_not_to_be_published()
    {
        File.WriteAllBytes(Path.Combine(_images.Active, "1_1.jpg"), Pictures.OrientedJpeg(60, 40, 1, gps: true));
        (await _images.RunAsync("resize")).Code.Should().Be(0);
        Ended allowed = await _images.RunAsync("verify --decode");
        _images.Variables["STRIP_ORIGINAL"] = "gps";

        Ended forbidden = await _images.RunAsync("verify --decode");

        allowed.Code.Should().Be(0, allowed.Errors);
        forbidden.Code.Should().Be(1);
        forbidden.Errors.Should().Contain("Failed: 1_1.jpg: reveals where it was taken 1_1.jpg");
    }

    private void Put(string key, byte[] content)
    {
        string path = Path.Combine(_images.Active, key);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
    }
}
