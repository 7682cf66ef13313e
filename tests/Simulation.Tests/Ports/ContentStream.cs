using System.Text;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>A content that is read, or taken as it is by whoever knows it.</summary>
internal sealed class ContentStream(string text) : MemoryStream(Encoding.Latin1.GetBytes(text), writable: false)
{
    public static string TextOf(Stream content)
    {
        if (content is ContentStream { Position: 0 } known)
        {
            known.Position = known.Length;
            return known.Text;
        }

        // Not asynchronously: some streams of the framework leave for the thread pool then.
        using StreamReader reader = new(content, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        return reader.ReadToEnd();
    }

    private string Text => text;
}
