using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging.Workers;

/// <summary>Pictures with some bytes changed, through every step of an upload. MUTATIONS sets how many; the seed is fixed.</summary>
public sealed class MutationTests : IDisposable
{
    private const int LargestFile = 100_000;
    private const int MaxFrames = 500; // the default of MAX_FRAMES

    private readonly TempFolder _folder = new();
    private readonly TempFolder _temp = new();
    private readonly LogLines _logs = new();

    public void Dispose()
    {
        _folder.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Of_pictures_are_taken_or_refused_and_no_worker_dies()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("MUTATIONS") ?? "100", CultureInfo.InvariantCulture);
        (byte[] File, ImageFormat Format)[] pictures = [.. Pictures()];
        using WorkerPool pool = new(
            new ImagingSettings(2),
            ThumbnailSet.Default,
            TestWorker.Program,
            new TempFolderWorkspaces(new DirectoryInfo(_temp.Path)),
            new LineLogger<WorkerPool>(_logs));
        Random random = new(20_261_125);
        int taken = 0;
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            (byte[] file, ImageFormat format) = pictures[random.Next(pictures.Length)];
            string path = _folder.Write("picture", Mutated(file, random));
            try
            {
                ThumbnailTarget[] targets = [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, format.ThumbnailFormat, _folder.File(spec.Suffix)))];
                JobAnswer header = await pool.RunAsync(new InspectJob(path, format, _folder.File("sanitised")), _ => Task.CompletedTask, default);
                path = format == ImageFormat.Svg ? _folder.File("sanitised") : path;
                // More frames are refused by their header alone, like those of a bomb: they would run to the limit on CPU time.
                if (header.Header!.Size.Pixels <= 4_000_000 && header.Header.Frames <= MaxFrames)
                {
                    await pool.RunAsync(new ThumbnailsJob(path, format, null, targets), _ => Task.CompletedTask, default);
                    targets.Should().OnlyContain(target => Look.SizeOf(File.ReadAllBytes(target.Path)).Width > 0);
                }

                taken++;
            }
            catch (InvalidImageException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Mutation {i} of a {format}: {Convert.ToBase64String(File.ReadAllBytes(path))}", exception);
            }
        }

        _logs.All.Where(line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal)).Should().BeEmpty();
        taken.Should().BeGreaterThan(count / 20, "else they are refused before anything is done with them");
        refused.Should().BeGreaterThan(count / 20);
    }

    // One to eight places: a bit, a byte, a run of bytes, a piece removed or doubled; sometimes the end is cut off.
    private static byte[] Mutated(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int places = random.Next(1, 9); places > 0 && bytes.Count > 16; places--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 16), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    byte value = (byte)(random.Next(2) * 255);
                    bytes.GetRange(at, length).ForEach(_ => bytes[at++] = value);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    if (random.Next(4) == 0)
                    {
                        bytes.RemoveRange(at, bytes.Count - at);
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private static IEnumerable<(byte[] File, ImageFormat Format)> Pictures()
    {
        yield return (Testing.Pictures.Jpeg(120, 80), ImageFormat.Jpeg);
        yield return (Testing.Pictures.OrientedJpeg(120, 80, 6, gps: true), ImageFormat.Jpeg);
        yield return (Testing.Pictures.Png(120, 80), ImageFormat.Png);
        yield return (Testing.Pictures.AnimatedGif(40, 30, [10, 10, 10], 0), ImageFormat.Gif);
        yield return (Testing.Pictures.SvgBytes(), ImageFormat.Svg);
        if (Environment.GetEnvironmentVariable("IMAGE_CORPUS") is not { Length: > 0 } corpus)
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateFiles(corpus, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] head = new byte[8];
            using FileStream file = File.OpenRead(path);
            ImageFormat? format = file.Length > LargestFile || file.ReadAtLeast(head, 8, throwOnEndOfStream: false) < 8 ? null
                : head[0] == 0xFF && head[1] == 0xD8 ? ImageFormat.Jpeg
                : head[1] == 'P' && head[2] == 'N' ? ImageFormat.Png
                : head[0] == 'G' && head[1] == 'I' ? ImageFormat.Gif
                : path.EndsWith(".svg", StringComparison.Ordinal) ? ImageFormat.Svg
                : null;
            if (format is not null)
            {
                yield return (File.ReadAllBytes(path), format);
            }
        }
    }
}
