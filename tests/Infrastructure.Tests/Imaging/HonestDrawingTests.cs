using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>Drawings as well-known programs write them are accepted, complete.</summary>
public sealed class HonestDrawingTests : IDisposable
{
    private readonly Workbench _bench = new();

    // The largest of each program, and the smallest; the proof uses all of them, and compares them with a browser.
    public static TheoryData<string> Some => [.. HonestDrawings.All().Select(one => one.Name).GroupBy(name => name[..name.LastIndexOf('-')]).SelectMany(names => new[] { names.First(), names.Last() })];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Some))]
    public async Task Is_taken_unaltered_and_shows_something(string name)
    {
        string path = _bench.Folder.Write("drawing", HonestDrawings.All().Single(one => one.Name == name).File);
        string stored = _bench.Folder.File("stored");

        bool isAltered = (await _bench.Processor.InspectAsync(path, stored, default)).IsAltered;
        ThumbnailTarget[] targets = _bench.Targets(ImageFormat.Svg);
        await _bench.Processor.MakeThumbnailsAsync(stored, ImageFormat.Svg, null, targets, default);

        isAltered.Should().BeFalse();
        using Image thumbnail = Image.NewFromFile(targets[1].Path);
        thumbnail.Deviate().Should().BeGreaterThan(5, "it is not blank");
    }
}
