using System.Diagnostics.Metrics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>What is decoded, how often, and what happens with broken pictures and disks.</summary>
public sealed class DecodingTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<string> Formats => ["jpg", "png", "gif", "animated gif", "svg"];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Decodes_once_for_an_upload(string kind)
    {
        (byte[] file, ImageFormat format) = Picture(kind);
        using DecodeCounter counter = new();

        await _bench.MakeAsync(file, format);

        counter.Count.Should().Be(1);
    }

    [Fact]
    public async Task Decodes_nothing_for_the_header()
    {
        string path = _bench.Folder.Write("original", Pictures.Jpeg(620, 410));
        using DecodeCounter counter = new();

        await _bench.Processor.ReadHeaderAsync(path, ImageFormat.Jpeg, default);

        counter.Count.Should().Be(0);
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("animated gif")]
    [Trait("fault", "c2c-18")]
    public async Task Refuses_a_picture_that_is_cut_off(string kind)
    {
        using Image noise = Pictures.Noise(300, 200);
        (byte[] file, ImageFormat format) = kind switch
        {
            "jpg" => (Pictures.Jpeg(noise), ImageFormat.Jpeg),
            "png" => (noise.PngsaveBuffer(), ImageFormat.Png),
            "gif" => (noise.GifsaveBuffer(), ImageFormat.Gif),
            _ => Picture(kind),
        };

        foreach (int percent in new[] { 3, 30, 50, 70, 90, 99 })
        {
            Func<Task> act = () => _bench.MakeAsync(file[..(file.Length * percent / 100)], format);

            (await act.Should().ThrowAsync<InvalidImageException>("of {0} % of the file", percent)).Which.Code.Should().Be("broken_image");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Refuses_a_file_of_another_format_than_was_sniffed(string kind)
    {
        (byte[] file, ImageFormat format) = Picture(kind);
        foreach (ImageFormat other in new[] { ImageFormat.Jpeg, ImageFormat.Png, ImageFormat.Gif, ImageFormat.Svg }.Where(other => other != format))
        {
            Func<Task> act = () => _bench.MakeAsync(file, other);

            (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("broken_image");
        }
    }

    [Theory]
    [InlineData("a folder that is missing", false)]
    [InlineData("a full disk", true)]
    public async Task Tells_a_disk_that_does_not_work_from_a_broken_picture(string disk, bool isFull)
    {
        string path = _bench.Folder.Write("original", Pictures.Jpeg(620, 410));
        string target = _bench.Folder.File(isFull ? "full" : "missing/thumbnail");
        if (isFull)
        {
            File.CreateSymbolicLink(target, "/dev/full");
        }

        ThumbnailTarget[] targets = [new(ThumbnailSet.Default.Specs[0], ImageFormat.Jpeg, target)];

        Func<Task> act = () => _bench.Processor.MakeThumbnailsAsync(path, ImageFormat.Jpeg, null, targets, default);

        (await act.Should().ThrowAsync<StorageException>(disk)).Which.IsFull.Should().Be(isFull);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Tells_a_lost_file_from_a_broken_picture(string kind)
    {
        (_, ImageFormat format) = Picture(kind);
        string path = _bench.Folder.File("nothing");

        Func<Task> read = () => _bench.Processor.ReadHeaderAsync(path, format, default);
        Func<Task> make = () => _bench.Processor.MakeThumbnailsAsync(path, format, null, _bench.Targets(format), default);

        await read.Should().ThrowAsync<StorageException>();
        await make.Should().ThrowAsync<StorageException>();
    }

    [Fact]
    public async Task Ends_before_it_begins_when_it_is_cancelled()
    {
        string path = _bench.Folder.Write("original", Pictures.Jpeg(620, 410));
        ThumbnailTarget[] targets = _bench.Targets(ImageFormat.Jpeg);

        Func<Task> act = () => _bench.Processor.MakeThumbnailsAsync(path, ImageFormat.Jpeg, null, targets, new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
        targets.Should().AllSatisfy(target => File.Exists(target.Path).Should().BeFalse());
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("animated gif")]
    public async Task Ends_in_the_middle_of_a_decode_when_it_is_cancelled(string kind)
    {
        (byte[] file, ImageFormat format) = Picture(kind);
        string path = _bench.Folder.Write("original", file);
        ThumbnailTarget[] targets = _bench.Targets(format);
        using CancellationTokenSource cancellation = new();
        using DecodeCounter counter = new(atDecode: cancellation.Cancel);

        Func<Task> act = () => _bench.Processor.MakeThumbnailsAsync(path, format, null, targets, cancellation.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        counter.Count.Should().Be(1, "it was cancelled after the decode had begun");
        targets.Should().AllSatisfy(target => File.Exists(target.Path).Should().BeFalse());
    }

    private static (byte[] File, ImageFormat Format) Picture(string kind) => kind switch
    {
        "jpg" => (Pictures.Jpeg(620, 410), ImageFormat.Jpeg),
        "png" => (Pictures.Png(620, 410), ImageFormat.Png),
        "gif" => (Gif(), ImageFormat.Gif),
        "animated gif" => (Pictures.AnimatedGif(620, 410, [100, 100, 100], loops: 0), ImageFormat.Gif),
        _ => (Pictures.SvgBytes(620, 410), ImageFormat.Svg),
    };

    private static byte[] Gif()
    {
        using Image image = Pictures.Quadrants(620, 410);
        return image.GifsaveBuffer();
    }

    /// <summary>Counts decodes of the test that created it, not those of tests that run in parallel.</summary>
    private sealed class DecodeCounter : IDisposable
    {
        private static readonly AsyncLocal<DecodeCounter?> Current = new();

        private readonly MeterListener _listener = new();
        private readonly Action? _atDecode;
        private int _count;

        public DecodeCounter(Action? atDecode = null)
        {
            _atDecode = atDecode;
            Current.Value = this;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ImageBackend.Imaging" && instrument.Name == "images.decodes")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, decodes, _, _) =>
            {
                if (Current.Value == this) // the callback runs where the decode does
                {
                    Interlocked.Add(ref _count, (int)decodes);
                    _atDecode?.Invoke();
                }
            });
            _listener.Start();
        }

        public int Count => _count;

        public void Dispose() => _listener.Dispose();
    }
}
