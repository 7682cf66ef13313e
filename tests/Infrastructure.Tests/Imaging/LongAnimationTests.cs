using System.Buffers.Binary;
using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Libvips;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Tests.Imaging.Workers;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>Animations that are too long to be in memory at once. RECORDING_FRAMES says how long one of 800x600 is.</summary>
public sealed class LongAnimationTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int RecordingFrames = int.Parse(Environment.GetEnvironmentVariable("RECORDING_FRAMES") ?? "100", CultureInfo.InvariantCulture);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(11, false)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    public void Run_by_run_an_animation_is_written_as_in_one_go(int together, bool isTransparent)
    {
        const int Frames = 12;
        using Image whole = Moving(Frames, isTransparent);
        byte[] expected = whole.GifsaveBuffer(keepDuplicateFrames: true);
        string path = _folder.File("joined.gif");
        List<int> taken = [];

        using (GifJoiner film = new(path))
        {
            foreach (FrameRun run in FrameRun.Of(whole, Frames, together, (rows, _) => rows.CopyMemory()))
            {
                using (run)
                {
                    film.Append(run.Pixels, run.Skip, run.Take, Enums.ForeignKeep.None);
                    taken.Add(run.Take);
                }
            }

            film.Complete();
        }

        taken.Sum().Should().Be(Frames);
        taken.Should().HaveCountGreaterThan(1);
        File.Exists(path + ".run").Should().BeFalse();
        byte[] joined = File.ReadAllBytes(path);
        GifBlocks.Copy(new MemoryStream(joined), Stream.Null, keeps: null).Should().Be(new GifWalk(HasTrailer: true, IsCutOff: false, IsOrderly: true, Frames, new PixelSize(whole.Width, whole.PageHeight)));
        using Image seen = Image.GifloadBuffer(joined, n: -1);
        using Image wanted = Image.GifloadBuffer(expected, n: -1);
        (seen.Width, seen.Height, seen.Bands).Should().Be((wanted.Width, wanted.Height, wanted.Bands));
        seen.Get("delay").Should().BeEquivalentTo((int[])wanted.Get("delay"));
        seen.Get("loop").Should().Be(wanted.Get("loop"));
        using Image difference = (seen - wanted).Abs();
        difference.Max().Should().BeLessThan(24, "each run has colours of its own, but no frame shows what is left of another");
    }

    [Fact]
    public void Runs_have_each_frame_once_and_the_neighbours_of_each()
    {
        for (int frames = 1; frames < 20; frames++)
        {
            for (int together = 3; together < 8; together++)
            {
                using Image source = Image.Black(2, frames * 3);
                int done = 0;
                foreach (FrameRun run in FrameRun.Of(source, frames, Math.Min(together, frames), (rows, _) => rows.CopyMemory()))
                {
                    using (run)
                    {
                        run.Skip.Should().Be(done == 0 ? 0 : 1);
                        done += run.Take;
                        (run.Frames - run.Skip - run.Take).Should().Be(done < frames ? 1 : 0);
                        run.Pixels.Height.Should().Be(run.Frames * 3);
                        run.Frames.Should().BeLessThanOrEqualTo(together + 2);
                    }
                }

                done.Should().Be(frames);
            }
        }
    }

    [Fact]
    public async Task A_screen_recording_within_the_limits_is_taken_and_turned_by_a_worker()
    {
        string path = _folder.Write("original", ScreenRecording(800, 600, RecordingFrames));
        using TempFolder temp = new();
        using WorkerPool pool = new(
            new ImagingSettings(1),
            ThumbnailSet.Default,
            TestWorker.Program,
            new TempFolderWorkspaces(new DirectoryInfo(temp.Path)),
            new LineLogger<WorkerPool>(new LogLines()));
        ThumbnailTarget[] targets = [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, ImageFormat.Gif, _folder.File(spec.Suffix)))];
        List<Need> needs = [];

        JobAnswer header = await pool.RunAsync(new HeaderJob(path, ImageFormat.Gif), Admit, default);
        JobAnswer made = await pool.RunAsync(new ThumbnailsJob(path, ImageFormat.Gif, null, targets), Admit, default);
        await pool.RunAsync(new TurnJob(path, ImageFormat.Gif, Rotation.Clockwise, _folder.File("turned")), Admit, default);

        header.Header!.Frames.Should().Be(RecordingFrames);
        made.Sizes.Should().Equal(new PixelSize(800, 600), new PixelSize(400, 300), new PixelSize(200, 200));
        foreach (ThumbnailTarget target in targets)
        {
            using Image thumbnail = Image.Gifload(target.Path, n: -1);
            (thumbnail.Height / thumbnail.PageHeight).Should().Be(RecordingFrames);
        }

        using Image turned = Image.Gifload(_folder.File("turned"), n: -1);
        (turned.Width, turned.Height).Should().Be((600, RecordingFrames * 800));
        output.WriteLine(string.Join(", ", needs));
        needs.Should().OnlyContain(need => need.Bytes < 400_000_000 && need.Times <= Need.MaxTimes);

        Task Admit(Need need)
        {
            needs.Add(need);
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20_000_000, 1)]
    [InlineData(20_000_001, 2)]
    [InlineData(48_000_000, 3)]
    [InlineData(5_000_000_000, 10)]
    public void Time_grows_with_what_is_to_be_encoded_within_bounds(long pixels, int times) => Need.Of(1, pixels).Should().Be(new Need(1, times));

    // A square that moves over stripes; where it is transparent, it shows what is behind it.
    private static Image Moving(int count, bool isTransparent)
    {
        using Image stripes = Pictures.Quadrants(60, 40);
        Image[] frames = [.. Enumerable.Range(0, count).Select(i => Frame(i))];
        using Image joined = Image.Arrayjoin(frames, across: 1);
        using Image tagged = joined.Mutate(tags =>
        {
            tags.Set(GValue.GIntType, "page-height", 40);
            tags.Set(GValue.ArrayIntType, "delay", Enumerable.Range(1, count).Select(i => i * 10).ToArray());
            tags.Set(GValue.GIntType, "loop", 3);
        });
        return tagged.CopyMemory();

        Image Frame(int i)
        {
            if (!isTransparent)
            {
                return stripes.Mutate(pixels => pixels.DrawRect([0, 0, 0], i * 3, i * 2, 8, 8, fill: true));
            }

            using Image opaque = stripes.NewFromImage(255);
            using Image mask = opaque.Mutate(pixels => pixels.DrawRect([0], i * 3, i * 2, 20, 15, fill: true));
            using Image bytes = mask.Cast(Enums.BandFormat.Uchar);
            return stripes.Bandjoin(bytes);
        }
    }

    // The screen, and then a pointer that moves over it.
    private static byte[] ScreenRecording(int width, int height, int count)
    {
        using Image screen = Pictures.Quadrants(width, height);
        byte[] first = screen.GifsaveBuffer(dither: 0);
        using Image square = Pictures.Flat(16, 16, Pictures.Red);
        byte[] pointer = square.GifsaveBuffer(dither: 0);
        int at = 13 + (3 * (2 << (pointer[10] & 7)));
        while (pointer[at] != 0x2C)
        {
            at += 2;
            while (pointer[at] != 0)
            {
                at += pointer[at] + 1;
            }

            at++;
        }

        byte[] table = pointer[13..(13 + (3 * (2 << (pointer[10] & 7))))];
        byte[] data = pointer[(at + 10)..^1];
        using MemoryStream film = new();
        film.Write(first.AsSpan()[..^1]);
        for (int i = 1; i < count; i++)
        {
            byte[] head = [0x21, 0xF9, 4, 4, 4, 0, 0, 0, 0x2C, 0, 0, 0, 0, 16, 0, 16, 0, (byte)(0x80 | (pointer[10] & 7))];
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(9), (ushort)(i * 3 % (width - 16)));
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(11), (ushort)(i * 2 % (height - 16)));
            film.Write(head);
            film.Write(table);
            film.Write(data);
        }

        film.WriteByte(0x3B);
        return film.ToArray();
    }
}
