using System.Buffers.Binary;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>Reads how a HEVC stream describes its colours: the VUI of its sequence parameters (ITU-T H.265, 7.3.2.2 and E.2.1).</summary>
internal static class HevcColours
{
    private const int NalArrays = 22; // in a HEVC configuration, after its fixed fields
    private const int SequenceParameters = 33;
    private const int Unspecified = 2;

    /// <param name="configuration">The content of a `hvcC` box.</param>
    /// <returns>Null: it does not say, or says it in a way that still pictures have no use for.</returns>
    public static HeifColours? TryRead(ReadOnlySpan<byte> configuration)
    {
        int at = NalArrays + 1;
        int arrays = configuration.Length > NalArrays ? configuration[NalArrays] : 0;
        for (int i = 0; i < arrays && at + 3 <= configuration.Length; i++)
        {
            int kind = configuration[at] & 0x3F;
            int count = BinaryPrimitives.ReadUInt16BigEndian(configuration[(at + 1)..]);
            at += 3;
            for (int j = 0; j < count && at + 2 <= configuration.Length; j++)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(configuration[at..]);
                at += 2;
                if (length > configuration.Length - at)
                {
                    return null;
                }

                if (kind == SequenceParameters)
                {
                    return new Bits(configuration.Slice(at, length)).ReadColours();
                }

                at += length;
            }
        }

        return null;
    }

    // Reading beyond the end gives zeros: the result then is that nothing is said.
    private sealed class Bits(ReadOnlySpan<byte> unit)
    {
        private readonly byte[] _bytes = WithoutEscapes(unit);
        private int _at = 16; // after the unit's head

        public HeifColours? ReadColours()
        {
            Skip(4);
            int layers = (int)Read(3);
            Skip(1 + 88 + 8); // the general profile and its level
            if (layers > 0)
            {
                return null; // of films in several rates
            }

            _ = ReadLength();
            if (ReadLength() == 3)
            {
                Skip(1);
            }

            _ = (ReadLength(), ReadLength()); // width and height
            if (Flag())
            {
                _ = (ReadLength(), ReadLength(), ReadLength(), ReadLength()); // what is cut off
            }

            _ = (ReadLength(), ReadLength(), ReadLength()); // depths, and of the picture count
            Skip(1);
            _ = (ReadLength(), ReadLength(), ReadLength()); // for the one layer
            _ = (ReadLength(), ReadLength(), ReadLength(), ReadLength(), ReadLength(), ReadLength()); // sizes of blocks
            if (Flag() && Flag())
            {
                return null; // its own scaling lists, which would have to be read first
            }

            Skip(2);
            if (Flag())
            {
                Skip(8);
                _ = (ReadLength(), ReadLength());
                Skip(1);
            }

            if (ReadLength() != 0 || Flag())
            {
                return null; // refers to other pictures: a film
            }

            Skip(2);
            return Flag() ? ReadUsability() : null;
        }

        private HeifColours? ReadUsability()
        {
            const uint OwnAspect = 255;
            if (Flag() && Read(8) == OwnAspect)
            {
                Skip(32);
            }

            if (Flag())
            {
                Skip(1);
            }

            if (!Flag())
            {
                return null;
            }

            Skip(3);
            bool isFullRange = Flag();
            return Flag()
                ? new HeifColours((int)Read(8), (int)Read(8), (int)Read(8), isFullRange)
                : new HeifColours(Unspecified, Unspecified, Unspecified, isFullRange);
        }

        private bool Flag() => Read(1) == 1;

        private void Skip(int count) => _at += count;

        private uint Read(int count)
        {
            uint value = 0;
            for (int i = 0; i < count; i++, _at++)
            {
                value = (value << 1) | (_at / 8 < _bytes.Length ? (uint)(_bytes[_at / 8] >> (7 - (_at % 8))) & 1 : 0);
            }

            return value;
        }

        // A number of variable length (Exp-Golomb).
        private uint ReadLength()
        {
            int zeros = 0;
            while (zeros < 31 && !Flag())
            {
                zeros++;
            }

            return (1u << zeros) - 1 + Read(zeros);
        }

        // After two zeros an encoder puts a 3, so that no start code arises.
        private static byte[] WithoutEscapes(ReadOnlySpan<byte> unit)
        {
            List<byte> bytes = new(unit.Length);
            foreach (byte one in unit)
            {
                if (one != 3 || bytes.Count < 2 || bytes[^1] != 0 || bytes[^2] != 0)
                {
                    bytes.Add(one);
                }
            }

            return [.. bytes];
        }
    }
}
