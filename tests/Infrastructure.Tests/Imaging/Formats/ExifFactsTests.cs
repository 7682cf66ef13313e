using System.Buffers.Binary;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

public sealed class ExifFactsTests
{
    public static TheoryData<string, string, string?, string?> Times => new()
    {
        { "2026:07:14 09:31:05", "", null, "2026-07-14T09:31:05" },
        { "2026:07:14 09:31:05", "+02:00", "5", "2026-07-14T09:31:05.5+02:00" },
        { "2026:07:14 09:31:05", "-09:30", "000", "2026-07-14T09:31:05-09:30" },
        { "2026:07:14 09:31:05", "Z", "123456789", "2026-07-14T09:31:05.1234567+00:00" },
        { "2026:07:14 09:31:05", "+25:00", "12x", "2026-07-14T09:31:05" },
        { "2026:07:14 09:31:05", "02:00", "-1", "2026-07-14T09:31:05" },
        { "2026:02:30 09:31:05", "+02:00", null, null },
        { "0000:00:00 00:00:00", "", null, null },
        { "    :  :     :  :  ", "", null, null },
        { "2026-07-14", "", null, null },
        { "", "", null, null },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Are_read_from_a_JPEG_and_a_PNG_in_either_byte_order(bool isBigEndian)
    {
        byte[] exif = ExifWriter.Photo(isBigEndian);

        foreach (PhotoFacts facts in new[] { Walks.FactsOf(Jpeg(exif), ImageFormat.Jpeg), Walks.FactsOf(Png(exif), ImageFormat.Png) })
        {
            facts.TakenAt!.ToString().Should().Be("2026-07-14T09:31:05.12+02:00");
            facts.Gps.Should().Be(new GeoPoint(45.8337500, 6.8650000, 4805.6));
        }
    }

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_told_as_far_as_it_makes_sense(string local, string offset, string? fraction, string? expected)
    {
        ExifTag[] tags = [ExifTag.Text(0x9003, local), ExifTag.Text(0x9011, offset), .. fraction is null ? Array.Empty<ExifTag>() : [ExifTag.Text(0x9291, fraction)]];

        PhotoFacts facts = Walks.FactsOf(Jpeg(ExifWriter.Write(false, [ExifTag.Directory(0x8769, tags)])), ImageFormat.Jpeg);

        facts.TakenAt?.ToString().Should().Be(expected);
        facts.Gps.Should().BeNull();
    }

    [Fact]
    public void South_west_and_below_the_sea_are_negative()
    {
        ExifTag[] place = [.. ExifWriter.Place];
        place[0] = ExifTag.Text(1, "S");
        place[2] = ExifTag.Text(3, "W");
        place[4] = ExifTag.Byte(5, 1);

        ReadPlace(place).Should().Be(new GeoPoint(-45.8337500, -6.8650000, -4805.6));
    }

    [Fact]
    public void A_place_without_a_side_or_beyond_the_poles_or_divided_by_zero_is_none()
    {
        ExifTag[] place = ExifWriter.Place;

        ReadPlace([.. place[1..]]).Should().BeNull();
        ReadPlace([place[0], ExifTag.Fractions(2, (91, 1), (0, 1), (0, 1)), .. place[2..]]).Should().BeNull();
        ReadPlace([place[0], ExifTag.Fractions(2, (45, 0), (0, 1), (0, 1)), .. place[2..]]).Should().BeNull();
        ReadPlace([place[0], ExifTag.Fractions(2, (45, 1)), .. place[2..]]).Should().BeNull();
        ReadPlace([place[0], ExifTag.Text(2, "45.5"), .. place[2..]]).Should().BeNull();
        ReadPlace([.. place[..5], ExifTag.Fractions(6, (1, 0))]).Should().Be(new GeoPoint(45.8337500, 6.8650000, null), "a height alone does not matter");
        ReadPlace([.. place[..5], ExifTag.Fractions(6, (uint.MaxValue, 1))])!.Altitude.Should().BeNull();
    }

    [Fact]
    public void Are_none_where_there_is_no_EXIF()
    {
        foreach ((byte[] file, ImageFormat format) in new[]
        {
            (TestPictures.Jpeg(), ImageFormat.Jpeg), (TestPictures.Png(), ImageFormat.Png), (TestPictures.Gif(), ImageFormat.Gif), (TestPictures.Svg(), ImageFormat.Svg),
            (Jpeg([]), ImageFormat.Jpeg), (Jpeg("II*\0\u00FF\u00FF\u00FF\u00FF"u8.ToArray()), ImageFormat.Jpeg), (Png(new byte[70_000]), ImageFormat.Png), ([], ImageFormat.Jpeg), ([0xFF], ImageFormat.Jpeg),
        })
        {
            Walks.FactsOf(file, format).Should().Be(PhotoFacts.None);
        }
    }

    [Fact]
    public void Whatever_bytes_are_changed_nothing_is_thrown()
    {
        Random random = new(20_261_126);
        byte[][] files = [Jpeg(ExifWriter.Photo(false)), Jpeg(ExifWriter.Photo(true)), Png(ExifWriter.Photo(true))];
        int told = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] file = [.. files[i % 3]];
            for (int places = random.Next(1, 6); places > 0; places--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            PhotoFacts facts = Walks.FactsOf(file[..random.Next(file.Length / 2, file.Length + 1)], i % 3 == 2 ? ImageFormat.Png : ImageFormat.Jpeg);
            told += facts == PhotoFacts.None ? 0 : 1;
            facts.Gps?.Latitude.Should().BeInRange(-90, 90);
        }

        told.Should().BeInRange(2_000, 18_000, "else the changes are too many or too few to say anything");
    }

    private static GeoPoint? ReadPlace(ExifTag[] place) =>
        Walks.FactsOf(Jpeg(ExifWriter.Write(false, [ExifTag.Directory(0x8825, place)])), ImageFormat.Jpeg).Gps;

    private static byte[] Jpeg(byte[] exif)
    {
        byte[] segment = [0xFF, 0xE1, 0, 0, .. "Exif\0\0"u8, .. exif];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(segment.Length - 2));
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, .. segment, 0xFF, 0xDA, 0, 2, 1, 2, 3];
    }

    private static byte[] Png(byte[] exif)
    {
        byte[] chunk = [0, 0, 0, 0, .. "eXIf"u8, .. exif, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, exif.Length);
        return [.. TestPictures.Png("")[..8], 0, 0, 0, 1, .. Encoding.ASCII.GetBytes("tEXt"), 7, 0, 0, 0, 0, .. chunk, 0, 0, 0, 0, .. "IEND"u8, 0, 0, 0, 0];
    }
}
