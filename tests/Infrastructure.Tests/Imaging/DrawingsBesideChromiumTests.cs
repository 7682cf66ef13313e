using System.Diagnostics;
using System.Globalization;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>For the proof: thumbnails of drawings next to Chromium's rendering of the files as sent.</summary>
/// <remarks>DRAWINGS_BESIDE_CHROMIUM names a folder: further drawings are read from there, and the renderings are left there.</remarks>
public sealed class DrawingsBesideChromiumTests(ITestOutputHelper output) : IDisposable
{
    private const double LeastSsim = 0.97;
    private const int Side = 400;
    private const int Columns = 10;
    private const double WindowSigma = 1.5;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [BesideChromiumFact]
    public async Task All_are_taken_and_look_alike()
    {
        string folder = BesideChromiumFactAttribute.Folder!;
        List<(string Name, string Path)> drawings = [];
        foreach ((string name, byte[] file) in HonestDrawings.All())
        {
            drawings.Add((name, _bench.Folder.Write($"{name}.svg", file)));
        }

        drawings.AddRange(Directory.GetFiles(folder, "*.svg").Order(StringComparer.Ordinal).Select(path => (Path.GetFileNameWithoutExtension(path), path)));
        List<Drawing> taken = [];
        List<string> missed = [];
        foreach ((string name, string path) in drawings)
        {
            try
            {
                taken.Add(await TakeAsync(name, path));
            }
            catch (InvalidImageException refusal)
            {
                missed.Add($"| {name} | refused: {refusal.Code} | {refusal.Message} |");
            }
        }

        using Image screen = await PhotographAsync(taken, folder);
        foreach ((Drawing drawing, int i) in taken.Select((drawing, i) => (drawing, i)))
        {
            using Image shown = screen.Crop(i % Columns * Side, i / Columns * Side, drawing.Size.Width, drawing.Size.Height);
            using Image thumbnail = Image.NewFromFile(drawing.Thumbnail);
            double alike = Ssim(shown, thumbnail);
            Log($"{drawing.Name} {alike:0.0000}");
            if (alike < LeastSsim || drawing.IsAltered)
            {
                missed.Add($"| {drawing.Name} | {alike.ToString("0.0000", CultureInfo.InvariantCulture)} | {(drawing.IsAltered ? "altered" : OfJpegAlone(shown))} |");
                shown.WriteToFile(Path.Combine(folder, $"{drawing.Name}-chromium.png"));
                File.Copy(drawing.Thumbnail, Path.Combine(folder, $"{drawing.Name}-ours.jpg"), overwrite: true);
            }
        }

        Log($"{drawings.Count} drawings, {taken.Count} taken, {missed.Count} in the table");
        missed.ForEach(Log);
        missed.Should().BeEmpty();
    }

    private void Log(FormattableString line) => Log(FormattableString.Invariant(line));

    private void Log(string line) => output.WriteLine(line);

    private async Task<Drawing> TakeAsync(string name, string path)
    {
        string stored = _bench.Folder.File($"{name}.stored");
        bool isAltered = (await _bench.Processor.InspectAsync(path, stored, default)).IsAltered;
        ThumbnailTarget[] targets = [_bench.Targets(ImageFormat.Svg)[1]];
        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(stored, ImageFormat.Svg, null, targets, default)).Sizes;
        return new Drawing(name, Showable(path), targets[0].Path, sizes[0], isAltered);
    }

    // How much of the difference is due to the thumbnail's format.
    private static string OfJpegAlone(Image shown)
    {
        using Image encoded = Image.JpegloadBuffer(shown.JpegsaveBuffer(q: 90));
        return string.Create(CultureInfo.InvariantCulture, $"a JPEG of quality 90 of Chromium's own picture has {Ssim(shown, encoded):0.0000}");
    }

    // Chromium shows no picture in a single-byte encoding, though it opens such a document.
    private string Showable(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return Encoding.Latin1.GetString(file, 0, Math.Min(200, file.Length)).Contains("encoding=\"UTF", StringComparison.OrdinalIgnoreCase) || file[1] != (byte)'?'
            ? path
            : _bench.Folder.Write($"{Path.GetFileNameWithoutExtension(path)}-utf8.svg", Encoding.UTF8.GetBytes(SvgText.Read(file)));
    }

    // All on one page: starting a browser costs more than most drawings.
    private static async Task<Image> PhotographAsync(List<Drawing> drawings, string folder)
    {
        StringBuilder page = new("<!doctype html><body style='margin:0;background:white'>");
        foreach ((Drawing drawing, int i) in drawings.Select((drawing, i) => (drawing, i)))
        {
            page.Append(CultureInfo.InvariantCulture, $"<img src='file://{drawing.Path}' style='position:absolute;left:{i % Columns * Side}px;top:{i / Columns * Side}px;width:{drawing.Size.Width}px;height:{drawing.Size.Height}px'>");
        }

        string profile = Directory.CreateTempSubdirectory("chromium-").FullName;
        string html = Path.Combine(profile, "page.html");
        string png = Path.Combine(folder, "chromium.png");
        await File.WriteAllTextAsync(html, page.ToString());
        int rows = (drawings.Count + Columns - 1) / Columns;
        using Process chromium = Process.Start(new ProcessStartInfo(BesideChromiumFactAttribute.Chromium,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--hide-scrollbars", "--allow-file-access-from-files", $"--user-data-dir={profile}", $"--window-size={Columns * Side},{rows * Side}", "--virtual-time-budget=20000",
            $"--screenshot={png}", $"file://{html}",
        ]))!;
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));
        await chromium.WaitForExitAsync(limit.Token);
        Directory.Delete(profile, recursive: true);
        using Image screen = Image.NewFromFile(png);
        using Image opaque = screen.HasAlpha() ? screen.Flatten(background: [255]) : screen.Copy();
        return opaque.CopyMemory();
    }

    private static double Ssim(Image one, Image other)
    {
        using Image x = Luma(one);
        using Image y = Luma(other);
        using Image meanX = Blur(x);
        using Image meanY = Blur(y);
        using Image varianceX = Blur(x * x) - (meanX * meanX);
        using Image varianceY = Blur(y * y) - (meanY * meanY);
        using Image covariance = Blur(x * y) - (meanX * meanY);
        using Image map = ((2 * meanX * meanY) + 6.5025) * ((2 * covariance) + 58.5225)
            / (((meanX * meanX) + (meanY * meanY) + 6.5025) * (varianceX + varianceY + 58.5225));
        return map.Avg();
    }

    private static Image Luma(Image image)
    {
        using Image grey = image.Colourspace(Enums.Interpretation.Bw);
        return grey.Cast(Enums.BandFormat.Double);
    }

    private static Image Blur(Image image) => image.Gaussblur(WindowSigma, minAmpl: 0.01, precision: Enums.Precision.Float);

    private sealed record Drawing(string Name, string Path, string Thumbnail, PixelSize Size, bool IsAltered);
}

/// <summary>Runs only if the proof requests it.</summary>
internal sealed class BesideChromiumFactAttribute : FactAttribute
{
    public const string Chromium = "/usr/bin/chromium";

    public static readonly string? Folder = Environment.GetEnvironmentVariable("DRAWINGS_BESIDE_CHROMIUM");

    public BesideChromiumFactAttribute() => Skip = Folder is null || !File.Exists(Chromium) ? "only in the proof of drawings, with Chromium" : null;
}
