using System.Diagnostics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Foreign;

/// <summary>What becomes of photos in HEIC, made by heif-enc and decoded by heif-convert.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class HeicTests : IDisposable
{
    private const string Encoder = "/usr/bin/heif-enc";
    private const int Levels = 3;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<bool, int> Orientations()
    {
        TheoryData<bool, int> rows = [];
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            rows.Add(false, orientation);
            rows.Add(true, orientation);
        }

        return rows;
    }

    [NeedsToolTheory(Encoder)]
    [MemberData(nameof(Orientations))]
    public async Task Stands_upright_and_says_so(bool hasItsOwn, int orientation)
    {
        byte[] exif = ExifWriter.Photo(isBigEndian: true, (ushort)orientation);
        using Image stored = Image.NewFromBuffer(Pictures.OrientedJpeg(128, 64, orientation));
        using Image bare = stored.Mutate(changes => changes.Remove("exif-data"));
        HeifBuilder heic = Container(Encode(bare), hasItsOwn ? HeifBuilder.Transforms(orientation) : []).WithExif(exif);

        (Inspection found, byte[] converted) = await ConvertAsync(heic.Build());

        found.Header!.Size.Should().Be(new PixelSize(128, 64));
        found.Header.Facts.Should().Be(ExifFacts.Of(exif));
        Look.SizeOf(converted).Should().Be((128, 64));
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
        JpegWalk walk = JpegWalk.Through(new MemoryStream(converted));
        walk.Quality.Should().Be(92);
        ExifBlock.TryOpen(walk.Exif!)!.FindOrientation().Should().Be(1);
        ExifFacts.Of(walk.Exif).Should().Be(ExifFacts.Of(exif));
        File.Exists(_bench.Folder.File("photo.decoded.jpg")).Should().Be(hasItsOwn || orientation == 1, "what need not be turned is encoded once, by its decoder");
    }

    [NeedsToolTheory(Encoder)]
    [InlineData("plain", "jpg", true)]
    [InlineData("of full colour", "jpg", true)]
    [InlineData("with a preview", "jpg", true)]
    [InlineData("transparent", "png", false)]
    [InlineData("of 10 bits", "jpg", true)]
    public async Task Has_the_colours_of_its_source(string kind, string extension, bool isOpaque)
    {
        using Image opaque = Pictures.Quadrants(128, 64);
        using Image transparent = Image.NewFromBuffer(Pictures.TransparentPng(128, 64));
        byte[] photo = kind switch
        {
            "of full colour" => Encode(opaque, "-p", "chroma=444"),
            "with a preview" => Encode(opaque, "-t", "32"),
            "transparent" => Encode(transparent),
            "of 10 bits" => EncodeDeep(opaque),
            _ => Encode(opaque),
        };

        (_, byte[] converted) = await ConvertAsync(photo);

        (await _bench.Processor.InspectAsync(_bench.Folder.Write("again", converted), null, default)).Format.ToString().Should().Be(extension);
        Look.AtQuadrants(converted).ShouldLookLike(isOpaque ? Pictures.QuadrantColours : [.. Pictures.QuadrantColours[..3], Pictures.White], Levels);
    }

    [NeedsToolTheory(Encoder)]
    [InlineData(1, 13, 1, true)]
    [InlineData(1, 13, 6, false)]
    [InlineData(12, 13, 6, true)]
    [InlineData(9, 16, 9, true)]
    public async Task Is_decoded_by_the_codes_of_its_colours(int primaries, int transfer, int matrix, bool isFullRange)
    {
        byte[] codes = HeifBuilder.Colours(primaries, transfer, matrix, isFullRange);
        using Image opaque = Pictures.Quadrants(128, 64);
        byte[] photo = Container(Encode(opaque), codes).Build();

        (_, byte[] converted) = await ConvertAsync(photo);
        (_, byte[] compressed) = await ConvertAsync(photo, ImageFormat.Png);

        Look.AtQuadrants((await _bench.MakeAsync(converted, ImageFormat.Jpeg)).Big).ShouldLookLike(
            Look.AtQuadrants((await _bench.MakeAsync(compressed, ImageFormat.Png)).Big), Levels, "a PNG is decoded to red, green and blue by the decoder itself");
    }

    [NeedsToolTheory(Encoder)]
    [InlineData(null)]
    [InlineData("png")]
    public async Task Keeps_its_colour_profile(string? extension)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? into);
        using Image source = Image.NewFromBuffer(Pictures.Jpeg(8, 8));
        using Image p3 = source.IccTransform("p3");
        byte[] icc = (byte[])p3.Get("icc-profile-data");
        using Image opaque = Pictures.Quadrants(128, 64);

        (_, byte[] converted) = await ConvertAsync(Container(Encode(opaque), HeifBuilder.Profile(icc)).WithExif(ExifWriter.Photo(isBigEndian: true)).Build(), into);

        using Image image = Image.NewFromBuffer(converted);
        ((byte[])image.Get("icc-profile-data")).Should().Equal(icc);
        Look.SizeOf(converted).Should().Be((128, 64));
    }

    [NeedsToolFact(Encoder)]
    public async Task Shows_the_main_picture_of_several_and_decodes_no_other()
    {
        using Image first = Pictures.Flat(64, 64, Pictures.Red);
        using Image second = Pictures.Flat(128, 64, Pictures.Blue);
        HeifBuilder several = Container(Encode(first));
        several.Main = several.Add(HeifBuilder.Open(Encode(second)));
        int depth = several.Add(HeifBuilder.Open(Encode(first)), HeifBuilder.Depth());
        several.Refer("auxl", depth, several.Main);

        (Inspection found, byte[] converted) = await ConvertAsync(several.Build());

        found.Header!.Size.Should().Be(new PixelSize(128, 64));
        Look.AtQuadrants(converted).ShouldLookLike([Pictures.Blue, Pictures.Blue, Pictures.Blue, Pictures.Blue], Levels);
        Directory.EnumerateFiles(_bench.Folder.Path, "photo.decoded*").Should().ContainSingle();
    }

    [NeedsToolFact(Encoder)]
    public async Task Is_put_together_from_its_tiles()
    {
        HeifBuilder builder = new() { Brands = ["heic", "mif1"] };
        int[] tiles = [.. Pictures.QuadrantColours.Select(colour =>
        {
            using Image tile = Pictures.Flat(64, 64, colour);
            return builder.Add(HeifBuilder.Open(Encode(tile)));
        })];

        (_, byte[] converted) = await ConvertAsync(builder.WithGrid(2, 2, 128, 128, tiles).Build());

        Look.SizeOf(converted).Should().Be((128, 128));
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    [NeedsToolTheory(Encoder)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public async Task That_is_cut_off_is_refused(double part)
    {
        using Image noise = Pictures.Noise(200, 150);
        byte[] photo = Encode(noise);

        (await RefusalOfAsync(photo[..(int)(photo.Length * part)])).Code.Should().Be(InvalidImageException.BrokenImage);
    }

    [NeedsToolFact(Encoder)]
    public async Task Of_an_absurd_size_is_refused_before_a_decoder_sees_it()
    {
        using Image opaque = Pictures.Quadrants(128, 64);
        HeifBuilder builder = new() { Brands = ["heic", "mif1"] };
        builder.Add(HeifBuilder.Open(Encode(opaque)) with { Size = HeifBuilder.Size(100_000, 100_000) });

        (await RefusalOfAsync(builder.Build())).Code.Should().Be(InvalidImageException.TooManyPixels);
    }

    [NeedsToolFact(Encoder)]
    public async Task Of_another_size_than_it_declares_is_refused()
    {
        using Image opaque = Pictures.Quadrants(128, 64);
        HeifBuilder builder = new() { Brands = ["heic", "mif1"] };
        builder.Add(HeifBuilder.Open(Encode(opaque)) with { Size = HeifBuilder.Size(64, 64) });

        (await RefusalOfAsync(builder.Build())).Code.Should().Be(InvalidImageException.BrokenImage);
    }

    [NeedsToolTheory(Encoder)]
    [InlineData("avif", true)] // HEVC inside, which the decoder of AVIF has not
    [InlineData("heic", false)] // AV1 inside
    public async Task With_brands_that_lie_is_refused_or_shown_as_it_is(string brand, bool isHevc)
    {
        using Image opaque = Pictures.Quadrants(128, 64);
        HeifBuilder builder = new() { Brands = [brand, "mif1"] };
        builder.Add(HeifBuilder.Open(isHevc ? Encode(opaque) : ForeignPictures.Avif(opaque)));

        try
        {
            (_, byte[] converted) = await ConvertAsync(builder.Build());
            isHevc.Should().BeFalse();
            Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
        }
        catch (InvalidImageException refusal)
        {
            refusal.Code.Should().Be(InvalidImageException.BrokenImage);
        }
    }

    [NeedsToolTheory(Encoder)]
    [InlineData("kill -KILL $$", InvalidImageException.TooComplex, "killed")]
    [InlineData("kill -SEGV $$", InvalidImageException.BrokenImage, "damaged")]
    [InlineData("while :; do :; done", InvalidImageException.TooComplex, "computing")]
    [InlineData("exit 0", InvalidImageException.BrokenImage, "damaged")]
    public async Task Is_refused_if_its_decoder_fails(string script, string code, string text)
    {
        string decoder = _bench.Folder.Write("decoder", System.Text.Encoding.ASCII.GetBytes($"#!/bin/sh\n{script}\n"));
        File.SetUnixFileMode(decoder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using Image opaque = Pictures.Quadrants(128, 64);
        Jobs jobs = new(KnownEngines.All[0], new Conversion([ImageFormat.Heic], 92) { HeicDecoder = new DecoderProgram(decoder, TimeSpan.FromSeconds(1), 1_000_000_000) });
        ConvertJob job = new(_bench.Folder.Write("photo", Encode(opaque)), ImageFormat.Heic, Into: null, _bench.Folder.File("converted"));

        InvalidImageException refusal = (await FluentActions.Awaiting(() => jobs.RunAsync(job, _ => Task.CompletedTask, default)).Should().ThrowAsync<InvalidImageException>()).Which;

        refusal.Code.Should().Be(code);
        refusal.Message.Should().Contain(text);
    }

    private async Task<InvalidImageException> RefusalOfAsync(byte[] photo) =>
        (await FluentActions.Awaiting(() => ConvertAsync(photo)).Should().ThrowAsync<InvalidImageException>()).Which;

    private byte[] EncodeDeep(Image image)
    {
        using Image scaled = image * 257;
        using Image wide = scaled.Cast(Enums.BandFormat.Ushort);
        using Image deep = wide.Copy(interpretation: Enums.Interpretation.Rgb16);
        return Encode(deep, "-b", "10");
    }

    private static HeifBuilder Container(byte[] heic, params byte[][] properties)
    {
        HeifBuilder builder = new() { Brands = ["heic", "mif1", "miaf"] };
        builder.Add(HeifBuilder.Open(heic), properties);
        return builder;
    }

    private byte[] Encode(Image image, params string[] options)
    {
        string source = _bench.Folder.Write("source.png", image.PngsaveBuffer(keep: Enums.ForeignKeep.None));
        string file = _bench.Folder.File("encoded.heic");
        using Process encoder = Process.Start(new ProcessStartInfo(Encoder, ["-q", "95", .. options, source, "-o", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        encoder.WaitForExit();
        encoder.ExitCode.Should().Be(0);
        return File.ReadAllBytes(file);
    }

    private async Task<(Inspection Found, byte[] Converted)> ConvertAsync(byte[] photo, ImageFormat? into = null)
    {
        string path = _bench.Folder.Write("photo", photo);
        string destination = _bench.Folder.File("converted");
        Inspection found = await _bench.Processor.InspectAsync(path, null, default);
        await _bench.Processor.ConvertAsync(path, found.Format, into, destination, default);
        return (found, File.ReadAllBytes(destination));
    }
}
