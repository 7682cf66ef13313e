using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Engine;
using ImageBackend.Simulation.Tests.Ports;

namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>Knows what clients sent and were answered, nothing of how it is done; and says what must not be.</summary>
internal sealed class Ledger(ThumbnailSet set, bool tagsContent, SimulatedClock clock)
{
    private readonly Dictionary<ImageKey, ImageRecord> _records = [];
    private readonly Dictionary<string, Family> _families = [];
    private long _writes;

    public ThumbnailSet Set => set;

    public SimulatedClock Clock => clock;

    /// <summary>Whether the same content has the same ETag each time that it is written.</summary>
    public bool TagsContent => tagsContent;

    public StoredObjects Incoming { get; } = new();

    public StoredObjects Active { get; } = new();

    /// <summary>The first rule that was broken.</summary>
    public Violation? Violation { get; private set; }

    public IEnumerable<ImageRecord> Records => _records.Values;

    public void Violate(string rule, string text) => Violation ??= new Violation(rule, text);

    public ImageRecord RecordOf(ImageKey key) => _records.TryGetValue(key, out ImageRecord? known) ? known : _records[key] = new ImageRecord(key);

    public Family FamilyOf(string text)
    {
        string upload = Picture.Untouched(text);
        return _families.TryGetValue(upload, out Family? known) ? known : _families[upload] = new Family();
    }

    /// <summary>The ETag of something that is written now.</summary>
    public string TagOf(string text) => tagsContent ? text : $"{++_writes}";

    /// <summary>Some time has passed, or the wall clock was set.</summary>
    public void OnTime()
    {
        foreach (ImageRecord record in _records.Values)
        {
            TimeSpan age = clock.Now - record.StoredAt;
            record.MaxAge = age > record.MaxAge ? age : record.MaxAge;
        }
    }

    /// <summary>A call fails, or its process ends. If that has just put an original into active, it does not get to look whether it was deleted
    /// or cropped meanwhile; nobody does it later, since an image that was put back by hand must stay (ADR 9, ADR 13).</summary>
    public void OnFault(object process)
    {
        foreach (ImageRecord record in _records.Values)
        {
            record.MayBeRevived |= record.RemovalsSent > 0 && record.Unsettled.Contains(process);
            record.IsCropCertain = false;
        }

        foreach (Family family in _families.Values)
        {
            family.IsCropUnclear = true;
        }
    }

    /// <summary>A process has looked whether an image was deleted.</summary>
    public void OnLook(ImageKey key, bool isDeleted, object process)
    {
        if (!isDeleted)
        {
            RecordOf(key).Unsettled.Remove(process);
        }
    }

    public void OnWrite(StoredObjects place, ImageKey key, StoredContent written, object process)
    {
        if (!set.IsOriginal(key))
        {
            return;
        }

        ImageRecord record = RecordOf(key);
        record.Text ??= written.Text;
        record.IsVerified &= place == Active; // the same copy once more is no other copy
        if (place == Incoming)
        {
            (record.StoredAt, record.MaxAge) = (clock.Now, TimeSpan.Zero);
        }
        else
        {
            record.Unsettled.Add(process);
            CheckPublished(record, written);
        }
    }

    public void OnVerified(ImageKey key)
    {
        if (set.IsOriginal(key))
        {
            RecordOf(key).IsVerified = true;
        }
    }

    public void OnDelete(StoredObjects place, ImageKey key)
    {
        if (!set.IsOriginal(key) || place.Find(key) is not { } found)
        {
            return;
        }

        if (place == Incoming)
        {
            CheckRemovalFromIncoming(RecordOf(key), found);
        }
        else
        {
            RecordOf(key).Unsettled.Clear();
            CheckRemovalFromActive(RecordOf(key), found);
        }
    }

    /// <returns>Whether a storage has an original and all of its base thumbnails; unless it does, what it lacks.</returns>
    public bool IsWhole(StoredObjects place, ImageKey key, out string lacking)
    {
        lacking = string.Join(", ", set.BaseKeysOf(key).Prepend(key).Where(one => !place.Has(one)));
        return lacking.Length == 0;
    }

    private void CheckPublished(ImageRecord record, StoredContent written)
    {
        Family family = FamilyOf(written.Text);
        if (record.Text != written.Text)
        {
            Violate("content", $"{record.Key} became '{written.Text}', and was '{record.Text}'");
        }

        bool isMade = !record.IsUpload && family.IsPublishSent && (Picture.IsTurned(written.Text) ? family.RotatesSent > 0 : family.RecropsSent > 0);
        if (!record.IsPublishSent && !isMade)
        {
            Violate("nobody published", $"{record.Key} is put into active, and nobody published it");
        }

        if (!family.IsRemovalSent && set.BaseKeysOf(record.Key).FirstOrDefault(one => !Active.Has(one)) is { } missing)
        {
            Violate("commit", $"{record.Key} is put into active before {missing}");
        }
    }

    // I7: unless somebody wants it gone, the upload failed, or it has expired, a copy was verified.
    private void CheckRemovalFromIncoming(ImageRecord record, StoredContent found)
    {
        bool isWanted = (record.IsUpload ? record.IsAnswered : record.IsPublished) && record.RemovalsSent == 0 && !record.IsUnclear;
        if (isWanted && (record.IsPublished || !record.MayHaveExpired) && !(record.IsVerified && Active.Find(record.Key)?.Text == found.Text))
        {
            Violate("I7", $"{record.Key} is removed from incoming before its copy was verified");
        }
    }

    private void CheckRemovalFromActive(ImageRecord record, StoredContent found)
    {
        Family family = FamilyOf(found.Text);
        if (family.IsDeleteSent || record.IsUnclear)
        {
            return;
        }

        bool isTurned = Active.All.Any(one => set.IsOriginal(one.Key) && one.Value.Text.StartsWith(found.Text + " turned", StringComparison.Ordinal) && IsWhole(Active, one.Key, out _));
        if (!isTurned && !(record.IsPublished ? record.RemovalsSent > 0 : family.RotatesSent > 1))
        {
            Violate("I7 rotate", $"{record.Key} is removed from active, and nothing whole takes its place");
        }
    }
}
