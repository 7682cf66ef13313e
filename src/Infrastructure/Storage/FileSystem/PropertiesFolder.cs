using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>
/// What is kept beside the objects of a folder: one small JSON file for each object, in the hidden folder <c>.meta</c> of the same
/// folder. The folder itself then holds only images, as other programs that read it expect.
/// </summary>
/// <param name="fileMode">
/// Mode of each file; the folder has it too, with the right to enter for those who may read. Null: by the umask.
/// </param>
internal sealed class PropertiesFolder(string root, UnixFileMode? fileMode = null)
{
    public const string Name = ".meta";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a crop contains plus signs, and this is never embedded in a page
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
            // Damaged counts as absent: a thumbnail without a recipe is stale, and is remade.
            return new KeptProperties(ImageProperties.None, DateTime.MinValue);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return new KeptProperties(ImageProperties.None, DateTime.MinValue); // somebody's folder is in its place
        }
    }

    /// <summary>
    /// Writes what is kept beside an object. A crop is on disk when this returns; losing a recipe in a power cut only costs work.
    /// </summary>
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
        if (!FileLook.IsThere(PathOf(key)))
        {
            return false;
        }

        File.Delete(PathOf(key));
        _ = Posix.FlushFolder(_folder);
        return true;
    }

    /// <summary>Removes an object, and then what is kept beside it, unless a put has written that in the meantime.</summary>
    /// <param name="removeObject">If it is there.</param>
    /// <param name="findETag">Returns the ETag of the content that is there now; null: there is none.</param>
    /// <remarks>If this process dies in between, <see cref="Sweep"/> of the next one does the rest.</remarks>
    public void DeleteWith(ImageKey key, Action removeObject, Func<string?> findETag)
    {
        using FileStream? note = FileLook.IsThere(PathOf(key)) ? TryNote(key) : null; // true of few originals, but of all thumbnails
        try
        {
            removeObject();
            DeleteUnlessOf(key, findETag);
        }
        finally
        {
            if (note is not null)
            {
                File.Delete(note.Name);
            }
        }
    }

    /// <summary>Removes partial files of dead processes, and what is kept beside objects that these did not complete, or have removed.</summary>
    /// <param name="findETag">As in <see cref="DeleteWith"/>.</param>
    public Swept Sweep(Func<ImageKey, string?> findETag)
    {
        Swept swept = Leftovers.SweepPartialFiles(root, DeleteOfNothing);
        return Directory.Exists(_folder) ? swept + Leftovers.SweepPartialFiles(_folder, DeleteOfNothing) : swept;

        // What is beside an object does not count if it is of another one, so that stays.
        void DeleteOfNothing(string name)
        {
            if (ImageKey.TryParse(name, out ImageKey? key) && findETag(key) is null)
            {
                DeleteUnlessOf(key, () => findETag(key));
            }
        }
    }

    // On a full disk there is no room for a note, but whoever removes makes some.
    private FileStream? TryNote(ImageKey key)
    {
        try
        {
            return HeldFile.Create(() => PartialFile.Draw(_folder, key.ToString()));
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }

    private void DeleteUnlessOf(ImageKey key, Func<string?> findETag)
    {
        if (!FileLook.IsThere(PathOf(key)))
        {
            return; // true of most originals
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

        // First take it, then judge it. A put looks for it once its picture is there: before it was taken, then the picture is seen here;
        // or afterwards, then the put writes both again.
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

    // The mode is set only when the folder is made: afterwards it is up to the operator.
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

/// <summary>What is kept beside an object, as stored.</summary>
internal sealed record KeptProperties(ImageProperties Properties, DateTime WrittenAt)
{
    // The clocks of file systems tick more slowly than ours.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <returns>Whether these are known to describe other content.</returns>
    public bool IsOfAnother(string etag) => Properties.RecipeOf is { } described && described != etag;

    /// <returns>The properties that apply to some content.</returns>
    /// <remarks>
    /// A recipe names the content that it describes. A recipe of an older version names none, and was written after its content:
    /// it counts until the content is replaced, so that an upgrade remakes no thumbnails.
    /// </remarks>
    /// <param name="writtenAt">When the content was written.</param>
    public ImageProperties Of(DateTime writtenAt, string etag) =>
        Properties.RecipeOf is null && WrittenAt < writtenAt - Tick ? new ImageProperties(Crop: Properties.Crop) : Properties.Of(etag);
}
