using System.Buffers.Binary;
using System.Text;

namespace ImageBackend.Testing;

/// <summary>Writes HEIF containers box by box, around pictures that an encoder has made: also such as no program would write.</summary>
internal sealed class HeifBuilder
{
    private readonly List<Item> _items = [];
    private readonly List<(string Kind, int From, int[] To)> _references = [];

    /// <summary>The brands; the first is the main one.</summary>
    public string[] Brands { get; set; } = ["avif", "mif1", "miaf"];

    /// <summary>Number of the main picture: the first one is 1.</summary>
    public int Main { get; set; } = 1;

    /// <returns>The encoded picture in a file of one picture, as an encoder wrote it.</returns>
    public static Coded Open(byte[] file)
    {
        bool isAv1 = file.AsSpan().IndexOf("av1C"u8) >= 0;
        return new Coded(isAv1 ? "av01" : "hvc1", Box(file, isAv1 ? "av1C" : "hvcC"), ContentOf(file, "mdat"), Box(file, "ispe"));
    }

    /// <returns>The item's number.</returns>
    public int Add(Coded picture, params byte[][] properties) => AddItem(picture.Kind, picture.Data, [picture.Size, picture.Configuration, .. properties]);

    public int AddItem(string kind, byte[] data, params byte[][] properties)
    {
        _items.Add(new Item(kind, data, properties));
        return _items.Count;
    }

    /// <summary>EXIF of the main picture.</summary>
    /// <param name="exif">Without a signature.</param>
    public HeifBuilder WithExif(byte[] exif) => Refer("cdsc", AddItem("Exif", [0, 0, 0, 0, .. exif]), Main);

    public HeifBuilder Refer(string kind, int from, params int[] to)
    {
        _references.Add((kind, from, to));
        return this;
    }

    /// <summary>A picture of tiles, as the main one.</summary>
    public HeifBuilder WithGrid(int columns, int rows, int width, int height, int[] tiles, params byte[][] properties)
    {
        byte[] layout = [0, 1, (byte)(rows - 1), (byte)(columns - 1), .. Number(width), .. Number(height)]; // sizes of four bytes
        Main = AddItem("grid", layout, [Size(width, height), .. properties]);
        return Refer("dimg", Main, tiles);
    }

    public static byte[] Size(int width, int height) => MakeBox("ispe", [0, 0, 0, 0, .. Number(width), .. Number(height)]);

    /// <param name="quarters">Counterclockwise.</param>
    public static byte[] Rotation(int quarters) => MakeBox("irot", [(byte)quarters]);

    /// <param name="axis">1: left and right are exchanged; 0: top and bottom.</param>
    public static byte[] Mirror(int axis) => MakeBox("imir", [(byte)axis]);

    /// <returns>What does the same as an EXIF orientation: rotation comes first, then left and right are exchanged.</returns>
    public static byte[][] Transforms(int orientation)
    {
        const int Sides = 1;
        int quarters = orientation switch { 3 or 4 => 2, 7 or 8 => 1, 5 or 6 => 3, _ => 0 };
        return
        [
            .. quarters == 0 ? (byte[][])[] : [Rotation(quarters)],
            .. orientation is 2 or 4 or 5 or 7 ? (byte[][])[Mirror(Sides)] : [],
        ];
    }

    public static byte[] Colours(int primaries, int transfer, int matrix, bool isFullRange) =>
        MakeBox("colr", [.. "nclx"u8, .. Short(primaries), .. Short(transfer), .. Short(matrix), (byte)(isFullRange ? 0x80 : 0)]);

    public static byte[] Profile(byte[] icc) => MakeBox("colr", [.. "prof"u8, .. icc]);

    public static byte[] Alpha() => MakeBox("auxC", [0, 0, 0, 0, .. "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"u8]);

    public static byte[] Depth() => MakeBox("auxC", [0, 0, 0, 0, .. "urn:mpeg:hevc:2015:auxid:2\0"u8]);

    public static byte[] MakeBox(string kind, byte[] content) => [.. Number(content.Length + 8), .. Encoding.ASCII.GetBytes(kind), .. content];

    public byte[] Build()
    {
        byte[] brands = MakeBox("ftyp", [.. Encoding.ASCII.GetBytes(Brands[0]), 0, 0, 0, 0, .. Brands.SelectMany(Encoding.ASCII.GetBytes)]);
        byte[] meta = Meta(dataAt: 0);
        meta = Meta(dataAt: brands.Length + meta.Length + 8); // its length does not depend on that
        return [.. brands, .. meta, .. MakeBox("mdat", [.. _items.SelectMany(item => item.Data)])];
    }

    private byte[] Meta(int dataAt)
    {
        List<byte[]> properties = [.. _items.SelectMany(item => item.Properties).DistinctBy(Convert.ToHexString)];
        List<byte> places = [];
        List<byte> associations = [];
        int at = dataAt;
        foreach ((Item item, int number) in _items.Select((item, i) => (item, i + 1)))
        {
            places.AddRange([.. Short(number), 0, 0, 0, 1, .. Number(at), .. Number(item.Data.Length)]);
            at += item.Data.Length;
            if (item.Properties.Length > 0)
            {
                associations.AddRange([.. Short(number), (byte)item.Properties.Length]);
                associations.AddRange(item.Properties.SelectMany(one => Short(properties.FindIndex(other => other.AsSpan().SequenceEqual(one)) + 1)));
            }
        }

        byte[] entries = [.. _items.SelectMany((item, i) => MakeBox("infe", [2, 0, 0, 0, .. Short(i + 1), 0, 0, .. Encoding.ASCII.GetBytes(item.Kind), 0]))];
        byte[] references = [.. _references.SelectMany(one => MakeBox(one.Kind, [.. Short(one.From), .. Short(one.To.Length), .. one.To.SelectMany(Short)]))];
        return MakeBox("meta",
        [
            0, 0, 0, 0,
            .. MakeBox("hdlr", [0, 0, 0, 0, 0, 0, 0, 0, .. "pict"u8, .. new byte[13]]),
            .. MakeBox("pitm", [0, 0, 0, 0, .. Short(Main)]),
            .. MakeBox("iloc", [0, 0, 0, 0, 0x44, 0, .. Short(_items.Count), .. places]),
            .. MakeBox("iinf", [0, 0, 0, 0, .. Short(_items.Count), .. entries]),
            .. _references.Count == 0 ? [] : MakeBox("iref", [0, 0, 0, 0, .. references]),
            .. MakeBox("iprp",
            [
                .. MakeBox("ipco", [.. properties.SelectMany(one => one)]),
                .. MakeBox("ipma", [0, 0, 0, 1, .. Number(_items.Count(item => item.Properties.Length > 0)), .. associations]),
            ]),
        ]);
    }

    private static byte[] ContentOf(byte[] file, string kind) => Box(file, kind)[8..];

    private static byte[] Box(byte[] file, string kind)
    {
        int at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(kind)) - 4;
        return file[at..(at + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))];
    }

    private static byte[] Number(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    /// <param name="Kind">Of the item.</param>
    /// <param name="Configuration">What a decoder must know; a box, like the size.</param>
    internal sealed record Coded(string Kind, byte[] Configuration, byte[] Data, byte[] Size);

    private sealed record Item(string Kind, byte[] Data, byte[][] Properties);
}
