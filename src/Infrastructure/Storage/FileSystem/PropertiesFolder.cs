using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>
/// What is kept beside the objects of a folder: one small JSON file an object in the hidden folder <c>.meta</c> of the same
/// folder, so that the folder itself holds images only, as other programs that read it expect.
/// </summary>
/// <param name="fileMode">Of each file; the folder has it too, with the right to enter where there is that to read. Null: by the umask.</param>
internal sealed class PropertiesFolder(string root, UnixFileMode? fileMode = null)
{
    public const string Name = ".meta";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a crop has pluses, and nobody puts this into a page
        Converters = { new CropConverter() },
    };

    private readonly string _folder = Path.Combine(root, Name);

    public KeptProperties Read(ImageKey key) => ReadFile(PathOf(key));

    private static KeptProperties ReadFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return new KeptProperties(JsonSerializer.Deserialize<ImageProperties>(file, Json) ?? ImageProperties.None, File.GetLastWriteTimeUtc(file.SafeFileHandle));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // Damaged counts as absent: without a recipe a thumbnail is stale, and stale is remade.
            return new KeptProperties(ImageProperties.None, DateTime.MinValue);
        }
    }

    /// <summary>Writes what is kept beside an object. A crop is on disk when this returns; a recipe that a power cut takes only costs work.</summary>
    public void Write(ImageKey key, ImageProperties properties)
    {
        Make();
        using FileStream file = HeldFile.Create(() => PartialFile.Draw(_folder));
        bool onDisk = properties.Crop is not null;
        PartialFile.Complete(file, PathOf(key), fileMode, onDisk, () => JsonSerializer.Serialize(file, properties, Json));
    }

    /// <returns>Whether there was something to remove.</returns>
    public bool Delete(ImageKey key)
    {
        if (!File.Exists(PathOf(key)))
        {
            return false;
        }

        File.Delete(PathOf(key));
        _ = Posix.FlushFolder(_folder);
        return true;
    }

    /// <summary>Removes what is kept beside an object that was removed, unless a put that came meanwhile has written it.</summary>
    /// <param name="findETag">Of the content that is there now; null: none is.</param>
    public void DeleteUnlessOf(ImageKey key, Func<string?> findETag)
    {
        if (!File.Exists(PathOf(key)))
        {
            return; // as beside most originals
        }

        string taken = PartialFile.Draw(_folder);
        try
        {
            File.Move(PathOf(key), taken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }

        // First taken, then judged. A put looks for it once its picture is there: if before it was taken, the picture is seen here;
        // if after that, it puts both again.
        if (findETag() is { } etag && !ReadFile(taken).IsOfAnother(etag) && TryPutBack(taken, PathOf(key)))
        {
            return;
        }

        File.Delete(taken);
        _ = Posix.FlushFolder(_folder);
    }

    private static bool TryPutBack(string taken, string path)
    {
        try
        {
            File.Move(taken, path);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false; // a put has written its own
        }
    }

    // Only when it is made: afterwards it is the operator's.
    private void Make()
    {
        if (!Directory.Exists(_folder) && Directory.CreateDirectory(_folder) is var made && fileMode is { } mode && !OperatingSystem.IsWindows())
        {
            const UnixFileMode Readers = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            made.UnixFileMode = mode | (UnixFileMode)((int)(mode & Readers) >> 2);
        }
    }

    private string PathOf(ImageKey key) => Path.Combine(_folder, $"{key}.json");

    /// <summary>A crop as its text. A damaged one counts as absent.</summary>
    private sealed class CropConverter : JsonConverter<CropArea?>
    {
        public override CropArea? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            CropArea.TryParse(reader.GetString(), out CropArea? crop) ? crop : null;

        public override void Write(Utf8JsonWriter writer, CropArea? value, JsonSerializerOptions options) => writer.WriteStringValue(value?.ToString());
    }
}

/// <summary>What is kept beside an object, as it stands there.</summary>
internal sealed record KeptProperties(ImageProperties Properties, DateTime WrittenAt)
{
    // Clocks of file systems tick more slowly than ours.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <returns>Whether these are known to describe another content.</returns>
    public bool IsOfAnother(string etag) => Properties.RecipeOf is { } described && described != etag;

    /// <returns>What holds of a content.</returns>
    /// <remarks>
    /// A recipe names the content that it describes. One of older versions names none, and was written after its content:
    /// it counts until that is replaced, so that an upgrade makes no thumbnail anew.
    /// </remarks>
    /// <param name="writtenAt">Of the content.</param>
    public ImageProperties Of(DateTime writtenAt, string etag) =>
        Properties.RecipeOf is null && WrittenAt < writtenAt - Tick ? new ImageProperties(Crop: Properties.Crop) : Properties.Of(etag);
}
