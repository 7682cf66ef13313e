using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Foreign;

/// <summary>Photos in WebP and AVIF that no camera has made.</summary>
public sealed class HostilePhotoTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Of_an_absurd_size_is_refused_before_a_decoder_sees_it()
    {
        HeifBuilder builder = new();
        HeifBuilder.Coded small = HeifBuilder.Open(ForeignPictures.Avif());
        builder.Add(small with { Size = HeifBuilder.Size(100_000, 100_000) });

        InvalidImageException refusal = await RefusalOfAsync(builder.Build());

        refusal.Code.Should().Be(InvalidImageException.TooManyPixels);
        refusal.Actual.Should().Be(10_000_000_000);
    }

    [Theory]
    [InlineData(40, 25)] // 1000
    [InlineData(255, 255)]
    public async Task Of_countless_tiles_is_refused(int columns, int rows)
    {
        HeifBuilder builder = new();
        HeifBuilder.Coded tile = HeifBuilder.Open(ForeignPictures.Avif(64, 64));
        int[] tiles = [.. Enumerable.Range(0, Math.Min(columns * rows, 5000)).Select(_ => builder.Add(tile))];

        InvalidImageException refusal = await RefusalOfAsync(builder.WithGrid(columns, rows, columns * 64, rows * 64, tiles).Build());

        refusal.Code.Should().Be(InvalidImageException.TooComplex);
    }

    [Fact]
    public async Task Of_as_many_tiles_as_200_megapixels_have_is_taken()
    {
        HeifBuilder builder = new();
        HeifBuilder.Coded tile = HeifBuilder.Open(ForeignPictures.Avif(64, 64));
        int[] tiles = [.. Enumerable.Range(0, 800).Select(_ => builder.Add(tile))];

        (Inspection found, _) = await ConvertAsync(builder.WithGrid(32, 25, 32 * 64, 25 * 64, tiles).Build());

        found.Header!.Size.Should().Be(new PixelSize(32 * 64, 25 * 64));
    }

    [Theory]
    [InlineData("WebP")]
    [InlineData("lossless WebP")]
    [InlineData("AVIF")]
    public async Task That_is_cut_off_is_refused(string kind)
    {
        using Image noise = Pictures.Noise(200, 150);
        byte[] photo = kind switch
        {
            "WebP" => noise.WebpsaveBuffer(),
            "lossless WebP" => noise.WebpsaveBuffer(lossless: true),
            _ => ForeignPictures.Avif(noise),
        };

        foreach (double part in new[] { 0.02, 0.1, 0.5, 0.9, 0.99 })
        {
            (await RefusalOfAsync(photo[..(int)(photo.Length * part)])).Code.Should().Be(InvalidImageException.BrokenImage, $"{part} of it");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_senseless_EXIF_is_taken_without_date_and_place(bool isWebP)
    {
        byte[] garbage = [.. "II*\0"u8, .. Enumerable.Range(0, 500).Select(i => (byte)((i * 37) ^ 0xA5))];
        byte[] photo = isWebP
            ? ForeignPictures.WithChunks(ForeignPictures.WebP(), ("EXIF", garbage))
            : ForeignPictures.Container(ForeignPictures.Avif()).WithExif(garbage).Build();

        (Inspection found, byte[] converted) = await ConvertAsync(photo);

        found.Header!.Facts.Should().BeNull();
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, tolerance: 3);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(240, 160)]
    public async Task With_transparency_of_another_size_is_taken_whole_or_refused(int width, int height)
    {
        using Image transparent = Image.NewFromBuffer(Pictures.TransparentPng(width, height));

        try
        {
            (_, byte[] converted) = await ConvertAsync(ConversionTests.WithAlphaOf(ConversionTests.Alpha(transparent), []).Build());
            Look.AtQuadrants(converted).ShouldLookLike([.. Pictures.QuadrantColours[..3], Pictures.White], tolerance: 8);
        }
        catch (InvalidImageException refusal)
        {
            refusal.Code.Should().Be(InvalidImageException.BrokenImage);
        }
    }

    [Fact]
    public async Task With_a_picture_larger_than_its_canvas_is_refused()
    {
        byte[] photo = ForeignPictures.WithChunks(ForeignPictures.WebP(120, 80), ("EXIF", ExifWriter.Photo(isBigEndian: false)));
        photo[24] = 59; // the canvas has 60 columns

        (await RefusalOfAsync(photo)).Code.Should().Be(InvalidImageException.BrokenImage);
    }

    [Theory]
    [InlineData("animated WebP")]
    [InlineData("sequence")]
    public async Task That_moves_is_refused_with_a_code_of_its_own(string kind)
    {
        HeifBuilder still = ForeignPictures.Container(ForeignPictures.Avif());
        still.Brands = ["avis", "avif", "mif1", "msf1"];
        byte[] photo = kind == "sequence" ? [.. still.Build(), .. HeifBuilder.MakeBox("moov", new byte[8])] : ForeignPictures.AnimatedWebP();

        InvalidImageException refusal = await RefusalOfAsync(photo);

        refusal.Code.Should().Be(InvalidImageException.UnsupportedAnimation);
        refusal.Message.Should().Contain("GIF");
    }

    [Theory]
    [InlineData("avif mif1", "avif")]
    [InlineData("mif1 avif miaf", "avif")]
    [InlineData("mif1 heic avif", "heic")]
    [InlineData("mif1 miaf", null)]
    [InlineData("isom avif", null)]
    [InlineData("heic mif1", "heic")]
    [InlineData("hevx msf1", "heic")]
    [InlineData("avis msf1", "avif")]
    public void Is_what_its_brands_say(string brands, string? format)
    {
        HeifBuilder builder = ForeignPictures.Container(ForeignPictures.Avif());
        builder.Brands = brands.Split(' ');

        ForeignFormats.BySignature(builder.Build().AsSpan(0, ForeignFormats.SignatureBytes))?.ToString().Should().Be(format);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_any_byte_changed_is_converted_or_refused(bool isWebP)
    {
        byte[] photo = isWebP
            ? ForeignPictures.WithChunks(ForeignPictures.WebP(40, 30), ("ICCP", [1, 2, 3, 4]), ("EXIF", ExifWriter.Photo(isBigEndian: false)))
            : ForeignPictures.Container(ForeignPictures.Avif(40, 30), HeifBuilder.Rotation(1), HeifBuilder.Colours(12, 16, 6, isFullRange: true)).WithExif(ExifWriter.Photo(isBigEndian: true)).Build();
        Random random = new(1);

        for (int i = 0; i < 150; i++)
        {
            byte[] changed = [.. photo];
            changed[random.Next(12, photo.Length)] = (byte)random.Next(256);
            changed[random.Next(12, photo.Length)] ^= (byte)(1 << random.Next(8));
            Func<Task> convert = () => ConvertAsync(changed);

            try
            {
                await convert();
            }
            catch (InvalidImageException)
            {
                // Its code is told to the client; any other exception would be a fault of ours.
            }
        }
    }

    private async Task<InvalidImageException> RefusalOfAsync(byte[] photo) =>
        (await FluentActions.Awaiting(() => ConvertAsync(photo)).Should().ThrowAsync<InvalidImageException>()).Which;

    private async Task<(Inspection Found, byte[] Converted)> ConvertAsync(byte[] photo)
    {
        string path = _bench.Folder.Write("photo", photo);
        string destination = _bench.Folder.File("converted");
        Inspection found = await _bench.Processor.InspectAsync(path, null, default);
        await _bench.Processor.ConvertAsync(path, found.Format, into: null, destination, default);
        return (found, File.ReadAllBytes(destination));
    }
}
