using System.Buffers.Binary;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>The pictures in a HEIF container, with their properties. Whatever is declared, nothing outside the given bytes is read.</summary>
internal sealed class HeifItems
{
    public static readonly HeifItems None = new();

    /// <summary>The flag of a part that is not shown by itself.</summary>
    public const byte Hidden = 1;

    private const int FullHeadBytes = 4; // version and flags

    private readonly List<HeifProperty> _properties = [];
    private readonly Dictionary<uint, List<int>> _associations = [];
    private readonly Dictionary<uint, uint> _firstTiles = [];
    private readonly List<(uint From, uint To)> _auxiliaries = [];

    private readonly List<(uint Item, int FlagsAt)> _shown = [];

    private HeifItems()
    {
    }

    /// <summary>The main picture.</summary>
    public uint Main { get; private set; }

    /// <summary>Where the flags of parts besides the main picture are that are not hidden, among the bytes that were read.</summary>
    public IEnumerable<int> Others => _shown.Where(one => one.Item != Main).Select(one => one.FlagsAt);

    /// <summary>How many parts there are: pictures, tiles of them, metadata.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the main picture has transparency.</summary>
    public bool HasAlpha => _auxiliaries.Any(one => one.To == Main && PropertiesOf(one.From).IsAlpha);

    /// <param name="meta">The content of the container's `meta` box.</param>
    public static HeifItems Read(ReadOnlySpan<byte> meta)
    {
        HeifItems items = new();
        foreach (HeifBox box in HeifBox.In(meta, FullHeadBytes))
        {
            ReadOnlySpan<byte> content = meta[box.Content];
            switch (box.Kind)
            {
                case "pitm" when content.Length >= FullHeadBytes + 2:
                    items.Main = Id(content, FullHeadBytes, isLong: content[0] > 0);
                    break;
                case "iinf" when content.Length >= FullHeadBytes + 2:
                    items.Count = (int)Math.Min(Id(content, FullHeadBytes, isLong: content[0] > 0), int.MaxValue);
                    items.ReadEntries(content, at: box.Content.Start.Value);
                    break;
                case "iref":
                    items.ReadReferences(content);
                    break;
                case "iprp":
                    items.ReadProperties(content);
                    break;
            }
        }

        return items;
    }

    public uint? FirstTileOf(uint item) => _firstTiles.TryGetValue(item, out uint tile) ? tile : null;

    public HeifProperties PropertiesOf(uint item) =>
        HeifProperties.Of(_associations.GetValueOrDefault(item, []).Where(index => index >= 1 && index <= _properties.Count).Select(index => _properties[index - 1]));

    private void ReadEntries(ReadOnlySpan<byte> entries, int at)
    {
        foreach (HeifBox box in HeifBox.In(entries, FullHeadBytes + (entries[0] > 0 ? 4 : 2)))
        {
            ReadOnlySpan<byte> entry = entries[box.Content];
            if (box.Kind == "infe" && entry.Length >= FullHeadBytes + 4 && entry[0] >= 2 && (entry[3] & Hidden) == 0)
            {
                _shown.Add((Id(entry, FullHeadBytes, isLong: entry[0] > 2), at + box.Content.Start.Value + FullHeadBytes - 1));
            }
        }
    }

    private void ReadReferences(ReadOnlySpan<byte> references)
    {
        bool isLong = references.Length > 0 && references[0] > 0;
        int idBytes = isLong ? 4 : 2;
        foreach (HeifBox box in HeifBox.In(references, FullHeadBytes))
        {
            ReadOnlySpan<byte> content = references[box.Content];
            if (content.Length < (2 * idBytes) + 2 || box.Kind is not ("dimg" or "auxl"))
            {
                continue;
            }

            uint from = Id(content, 0, isLong);
            uint to = Id(content, idBytes + 2, isLong); // the first of them, which is enough
            if (box.Kind == "dimg")
            {
                _firstTiles[from] = to;
            }
            else
            {
                _auxiliaries.Add((from, to));
            }
        }
    }

    private void ReadProperties(ReadOnlySpan<byte> content)
    {
        foreach (HeifBox box in HeifBox.In(content, skip: 0))
        {
            ReadOnlySpan<byte> inner = content[box.Content];
            if (box.Kind == "ipco")
            {
                foreach (HeifBox property in HeifBox.In(inner, skip: 0))
                {
                    _properties.Add(new HeifProperty(property.Kind, inner[property.Content].ToArray()));
                }
            }
            else if (box.Kind == "ipma" && inner.Length >= FullHeadBytes + 4)
            {
                ReadAssociations(inner);
            }
        }
    }

    // Per item its number, how many properties it has, and the number of each, whose highest bit says whether it must be understood.
    private void ReadAssociations(ReadOnlySpan<byte> content)
    {
        bool isLong = content[0] > 0;
        bool hasLongIndices = (content[3] & 1) != 0;
        int at = FullHeadBytes + 4;
        while (at + (isLong ? 4 : 2) + 1 <= content.Length)
        {
            uint item = Id(content, at, isLong);
            at += isLong ? 4 : 2;
            int count = content[at++];
            List<int> indices = _associations[item] = [];
            for (int i = 0; i < count && at + (hasLongIndices ? 2 : 1) <= content.Length; i++)
            {
                indices.Add(hasLongIndices ? BinaryPrimitives.ReadUInt16BigEndian(content[at..]) & 0x7FFF : content[at] & 0x7F);
                at += hasLongIndices ? 2 : 1;
            }
        }
    }

    private static uint Id(ReadOnlySpan<byte> content, int at, bool isLong) =>
        content.Length < at + (isLong ? 4 : 2) ? 0
        : isLong ? BinaryPrimitives.ReadUInt32BigEndian(content[at..])
        : BinaryPrimitives.ReadUInt16BigEndian(content[at..]);
}

/// <param name="Kind">Its four letters.</param>
/// <param name="Content">Where it is among the bytes that were searched.</param>
internal readonly record struct HeifBox(string Kind, Range Content)
{
    private const int HeadBytes = 8;

    /// <returns>The boxes side by side in some bytes, up to the first that reaches beyond them.</returns>
    /// <param name="skip">Bytes before the first.</param>
    public static List<HeifBox> In(ReadOnlySpan<byte> bytes, int skip)
    {
        List<HeifBox> boxes = [];
        for (int at = skip; at + HeadBytes <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length < HeadBytes || length > bytes.Length - at)
            {
                break;
            }

            boxes.Add(new HeifBox(System.Text.Encoding.Latin1.GetString(bytes.Slice(at + 4, 4)), (at + HeadBytes)..(at + (int)length)));
            at += (int)length;
        }

        return boxes;
    }
}
