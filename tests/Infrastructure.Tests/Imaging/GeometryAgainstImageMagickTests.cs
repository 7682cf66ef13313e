using System.Diagnostics;
using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>
/// Thumbnails with random arguments by every engine, compared with ImageMagick's for the same arguments. GEOMETRY_CASES sets how many; the seed is fixed.
/// </summary>
public sealed class GeometryAgainstImageMagickTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("GEOMETRY_CASES") is { Length: > 0 } count ? count : "150", CultureInfo.InvariantCulture);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsToolFact("/usr/bin/convert")]
    public async Task Every_size_is_the_same_and_small_pictures_show_the_same()
    {
        List<Compared> all = [.. Made(new Random(20_261_126))];
        ILookup<string, Compared> byEngine = KnownEngines.All
            .SelectMany(engine => all.Select(one => (engine.Name, Case: one with { Made = $"{one.Made}-{engine.Name}" })))
            .ToLookup(one => one.Name, one => one.Case);
        await Task.WhenAll(byEngine.Select(made => MakeAsync(made.Key, made)).Append(ConvertAsync(all)));

        foreach (IGrouping<string, Compared> made in byEngine)
        {
            ShouldBeAlike(made.Key, made);
        }
    }

    private void ShouldBeAlike(string engine, IEnumerable<Compared> all)
    {
        // Beyond an edge, ImageSharp weighs what is left of the kernel; the others repeat the last pixel: seen where little but an edge is shown.
        double most = engine == "imagesharp" ? 2 : 1;
        List<Compared> compared = [.. all.Where(one => one.IsTaken)];
        compared.Should().HaveCountGreaterThanOrEqualTo(Count);
        string.Join('\n', compared.Where(one => one.Size != one.SizeByImageMagick)).Should().BeEmpty(engine);

        List<Compared> seen = [.. compared.Where(one => one.IsSmall)];
        seen.Should().HaveCountGreaterThan(Count / 20);
        output.WriteLine($"{engine}: {compared.Count} sizes, {seen.Count} pictures, the farthest differs by {seen.Max(one => one.Distance):0.00} levels");
        string.Join('\n', seen.Where(one => one.Distance > most).Select(one => $"{one}: {one.Distance:0.00} levels")).Should().BeEmpty(engine);
    }

    private IEnumerable<Compared> Made(Random random)
    {
        GeometryCases cases = new(random);
        Source? source = null;
        // More than are counted, to make up for those that ImageMagick refuses.
        for (int i = 0; i < Count * 5 / 4; i++)
        {
            source = i % 3 == 0 || source is null ? NextSource(i, random) : source;
            yield return new Compared(source, cases.Next(), _folder.File($"{i}.png"), _folder.File($"{i}.{source.Format}.made"));
        }
    }

    private Source NextSource(int number, Random random)
    {
        int longest = random.Next(2) == 0 ? 60 : 400;
        PixelSize size = new(random.Next(1, longest + 1), random.Next(1, longest + 1));
        return random.Next(4) == 0
            ? new Source(_folder.Write($"{number}.jpg", Pictures.OrientedJpeg(size.Width, size.Height, random.Next(1, 9))), ImageFormat.Jpeg, size)
            : new Source(_folder.Write($"{number}-source.png", Slopes(size)), ImageFormat.Png, size);
    }

    // Redder to the right and greener to the bottom: the smaller the picture, the more a pixel's offset shows.
    private static byte[] Slopes(PixelSize size)
    {
        using Image places = Image.Xyz(size.Width, size.Height);
        using Image slopes = places.Linear([255.0 / size.Width, 255.0 / size.Height], [0]);
        using Image all = slopes.Bandjoin(128);
        using Image colours = all.Cast(Enums.BandFormat.Uchar);
        using Image picture = colours.Copy(interpretation: Enums.Interpretation.Srgb);
        return picture.PngsaveBuffer(compression: 1);
    }

    // Several thumbnails of one picture together, as an upload makes them: the smaller ones from the larger.
    private static async Task MakeAsync(string engine, IEnumerable<Compared> cases)
    {
        using Workbench bench = new(engine);
        foreach (IGrouping<Source, Compared> ofOne in cases.GroupBy(one => one.Source))
        {
            await MakeAsync(bench, ofOne.Key, [.. ofOne]);
        }
    }

    private static async Task MakeAsync(Workbench bench, Source source, Compared[] cases)
    {
        ThumbnailTarget[] targets = [.. cases.Select((one, i) => new ThumbnailTarget(one.Case.ToSpec($"S{i}"), source.Format, one.Made))];
        IReadOnlyList<PixelSize> sizes = (await bench.Processor.MakeThumbnailsAsync(source.Path, source.Format, null, targets, default)).Sizes;
        for (int i = 0; i < cases.Length; i++)
        {
            cases[i].Size = sizes[i];
            Look.SizeOf(await File.ReadAllBytesAsync(cases[i].Made)).Should().Be((sizes[i].Width, sizes[i].Height));
        }
    }

    // Two shells that call one program after another: starting each from here takes longer than its work. +repage, since a
    // picture that was turned upright takes unwritten sides from what it was before.
    private async Task ConvertAsync(List<Compared> cases)
    {
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async half =>
        {
            string script = _folder.File($"{half}.sh");
            await File.WriteAllLinesAsync(script, cases.Where((_, i) => i % 2 == half).Select(one =>
                $"/usr/bin/convert '{one.Source.Path}' -auto-orient +repage {string.Join(' ', one.Case.Arguments.Select(argument => $"'{argument}'"))} '{one.ByImageMagick}' 2> '{one.ByImageMagick}.log'"));
            using Process shell = Process.Start("sh", [script]);
            await shell.WaitForExitAsync();
        }));
    }

    private sealed record Source(string Path, ImageFormat Format, PixelSize Size);

    private sealed record Compared(Source Source, GeometryCase Case, string ByImageMagick, string Made)
    {
        public PixelSize Size { get; set; }

        // It warns if it leaves a picture as it is, because a crop is beside it or a side is rounded to nothing; and it
        // refuses sides above 16,000 pixels.
        public bool IsTaken => new FileInfo(ByImageMagick + ".log") is { Exists: true, Length: 0 };

        public PixelSize SizeByImageMagick => Look.SizeOf(File.ReadAllBytes(ByImageMagick)) is var (width, height) ? new PixelSize(width, height) : default;

        // Small enough that an offset of a pixel exceeds 1.5 levels; large enough that it is not all edges, where a few pixels of
        // steep slopes differ by some levels between any two programs.
        public bool IsSmall => Source.Format == ImageFormat.Png
            && Math.Min(Source.Size.Width, Source.Size.Height) >= 8 && Math.Max(Source.Size.Width, Source.Size.Height) <= 60
            && Math.Min(Size.Width, Size.Height) >= 8 && Math.Max(Size.Width, Size.Height) <= 160;

        /// <summary>The average difference in the band that differs most, in levels.</summary>
        public double Distance
        {
            get
            {
                using Image ours = Image.NewFromFile(Made);
                using Image theirs = Image.NewFromFile(ByImageMagick);
                using Image coloured = ours.Colourspace(Enums.Interpretation.Srgb);
                using Image theirsColoured = theirs.Colourspace(Enums.Interpretation.Srgb);
                using Image difference = coloured - theirsColoured.ExtractBand(0, n: 3);
                using Image distance = difference.Abs();
                return Enumerable.Range(0, 3).Max(band =>
                {
                    using Image one = distance[band];
                    return one.Avg();
                });
            }
        }

        public override string ToString() => $"{Source.Size} {Case}: {Size}, by ImageMagick {SizeByImageMagick}";
    }
}
