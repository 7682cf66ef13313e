using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>`images clean` as a separate process, on real folders.</summary>
public sealed class CleanTests : IDisposable
{
    private readonly ImagesProgram _images = new();

    public CleanTests()
    {
        foreach (string key in new[] { "1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_2.png" })
        {
            Put(key, TimeSpan.FromHours(3));
        }

        Put("1475660224_3.jpg", TimeSpan.FromHours(1));
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task Removes_what_is_older_than_two_hours()
    {
        Ended images = await _images.RunAsync("clean");

        images.Code.Should().Be(0, images.Errors);
        images.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        ImagesProgram.ImagesIn(_images.Incoming).Should().Equal("1475660224_3.jpg");
    }

    [Fact]
    public async Task Removes_by_the_age_that_is_given()
    {
        (await _images.RunAsync("clean --older-than 30m")).Code.Should().Be(0);

        ImagesProgram.ImagesIn(_images.Incoming).Should().BeEmpty();
    }

    [Theory]
    [InlineData("clean --dry-run", 0, "Processed: 1475660224_1.jpg")]
    [InlineData("clean --max-delete 1", 1, "2 uploads have expired, more than --max-delete 1: nothing is removed.")]
    [InlineData("clean --older-than 1m", 2, "'1m' is not a valid time for --older-than")]
    [InlineData("clean --force", 2, "--force")]
    public async Task Removes_nothing_on_these(string arguments, int code, string word)
    {
        Ended images = await _images.RunAsync(arguments);

        images.Code.Should().Be(code);
        (images.Output + images.Errors).Should().Contain(word);
        ImagesProgram.ImagesIn(_images.Incoming).Should().HaveCount(5);
    }

    [Fact]
    public async Task As_many_as_are_allowed_are_removed()
    {
        (await _images.RunAsync("clean --max-delete 2")).Code.Should().Be(0);

        ImagesProgram.ImagesIn(_images.Incoming).Should().HaveCount(1);
    }

    [FactThatMounts]
    public async Task One_that_cannot_be_removed_keeps_no_other_though_it_is_worked_on_alone()
    {
        for (int i = 10; i < 30; i++)
        {
            Put($"1475660224_{i}.jpg", TimeSpan.FromHours(3));
        }

        string stuck = Directory.EnumerateFiles(_images.Incoming, "1475660224_??.jpg").First();
        using BindMount inTheWay = new(stuck, stuck);

        Ended images = await _images.RunAsync("clean -j 1");

        images.Code.Should().Be(1, "one failed: {0}", images.Errors);
        images.Errors.Should().Contain($"Failed: {Path.GetFileName(stuck)}: The incoming storage: one file can't be").And.NotContain("Next try");
        ImagesProgram.ImagesIn(_images.Incoming).Should().BeEquivalentTo(Path.GetFileName(stuck), "1475660224_3.jpg");
    }

    private void Put(string key, TimeSpan age)
    {
        string path = Path.Combine(_images.Incoming, key);
        File.WriteAllBytes(path, TestPictures.Jpeg());
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow - age);
    }
}
