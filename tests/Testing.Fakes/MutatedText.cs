using System.Text;

namespace ImageBackend.Testing;

/// <summary>Texts that are nearly right.</summary>
public static class MutatedText
{
    /// <returns>A text with one to four letters changed, removed or inserted.</returns>
    public static string Of(string text, Random random)
    {
        StringBuilder letters = new(text);
        for (int places = random.Next(1, 5); places > 0 && letters.Length > 0; places--)
        {
            int at = random.Next(letters.Length);
            switch (random.Next(3))
            {
                case 0:
                    letters[at] = (char)random.Next(256);
                    break;
                case 1:
                    letters.Remove(at, 1);
                    break;
                default:
                    letters.Insert(at, text[random.Next(text.Length)]);
                    break;
            }
        }

        return letters.ToString();
    }
}
