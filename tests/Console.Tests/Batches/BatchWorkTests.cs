using System.Text.Json;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Commands;
using ImageBackend.Domain;

namespace ImageBackend.Cli.Tests.Batches;

/// <summary>What a batch does with an image can be written down, and read by another process.</summary>
public sealed class BatchWorkTests
{
    private static readonly IBatchWork[] All =
    [
        new CleanWork(TimeSpan.FromHours(2), DryRun: true),
        new MigrateWork(Force: true, DryRun: false, IsNamed: true),
        new ResizeWork(new ThumbnailSelection { Suffixes = ["MI"], Formats = [ImageFormat.WebP, ImageFormat.Jpeg], Stale = false, UpToDate = true }, DryRun: true),
        new ResizeWork(new ThumbnailSelection(), DryRun: false),
        new VerifyWork(Decode: true, Repair: false),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Is_the_same_when_it_is_read_again(int row)
    {
        string text = JsonSerializer.Serialize(All[row], All[row].GetType(), WorkJson.Options);

        object? read = JsonSerializer.Deserialize(text, All[row].GetType(), WorkJson.Options);

        read.Should().BeEquivalentTo(All[row], options => options.RespectingRuntimeTypes().WithStrictOrdering());
    }

    // A plan adds up what it sees in one process.
    [Fact]
    public void Of_every_kind_is_among_them_but_a_plan() =>
        typeof(IBatchWork).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IBatchWork)))
            .Should().BeEquivalentTo(All.Select(work => work.GetType()).Distinct().Append(typeof(ResizePlan)));

    [Theory]
    [InlineData("tiff")]
    [InlineData("")]
    public void With_an_unknown_format_is_not_read(string format)
    {
        Action act = () => JsonSerializer.Deserialize<ResizeWork>($$"""{"selection":{"formats":["{{format}}"]},"dryRun":false}""", WorkJson.Options);

        act.Should().Throw<JsonException>().WithMessage($"'{format}' is not the extension of a format.*");
    }
}
