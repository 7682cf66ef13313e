using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Ports;

namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>What must be stored when nothing is at work.</summary>
internal sealed class StateRules(Ledger ledger, StoredMarks marks)
{
    /// <summary>All requests are answered or lost. Processes that were killed are still dead, and nothing has recovered.</summary>
    /// <param name="hadFaults">Whether anything had failed.</param>
    public void CheckWhenAnswered(bool hadFaults)
    {
        foreach (ImageRecord record in ledger.Records)
        {
            CheckRecord(record);
            if (record is { IsUpload: true, IsAnswered: true, IsPublishSent: false, RemovalsSent: 0, MayHaveExpired: false }
                && !ledger.IsWhole(ledger.Incoming, record.Key, out string lacking))
            {
                ledger.Violate("I1", $"{record.Key} was uploaded, and incoming lacks {lacking}");
            }

            if (record is { IsRemoved: true, IsUnclear: false } && ledger.Incoming.Has(record.Key))
            {
                ledger.Violate("deleted", $"{record.Key} was removed, and is in incoming");
            }
        }

        if (!hadFaults)
        {
            CheckActive(isRepaired: true, isVerified: false);
        }
    }

    /// <summary>All processes have run again for a while, and nothing failed.</summary>
    public void CheckWhenRecovered()
    {
        foreach (ImageRecord record in ledger.Records)
        {
            CheckRecord(record);
        }

        CheckActive(isRepaired: false, isVerified: false);
    }

    /// <summary>After <c>verify --repair</c>, too.</summary>
    public void CheckWhenRepaired()
    {
        foreach (ImageRecord record in ledger.Records)
        {
            CheckRecord(record);
        }

        CheckActive(isRepaired: true, isVerified: true);
    }

    /// <summary>Some days later.</summary>
    public void CheckAtTheEnd()
    {
        CheckWhenRepaired();
        if (ledger.Incoming.Count > 0)
        {
            ledger.Violate("left in incoming", string.Join(", ", ledger.Incoming.All.Select(one => one.Key)));
        }

        if (marks.All.Count > 0)
        {
            ledger.Violate("left marks", string.Join(", ", marks.All.Keys));
        }
    }

    private void CheckRecord(ImageRecord record)
    {
        if (record is { IsPublished: true, RemovalsSent: 0, IsUnclear: false })
        {
            if (!ledger.IsWhole(ledger.Active, record.Key, out string lacking))
            {
                ledger.Violate("I2", $"{record.Key} is published, and active lacks {lacking}");
            }
            else if (record.IsCropCertain && ledger.Active.Find(record.Key)!.Properties.Crop != record.Crop)
            {
                ledger.Violate("crop", $"{record.Key} was published with {record.Crop}, and has {ledger.Active.Find(record.Key)!.Properties.Crop}");
            }
        }

        if (record is { IsRemoved: true, IsUnclear: false, MayBeRevived: false } && ledger.Active.Has(record.Key))
        {
            ledger.Violate("deleted", $"{record.Key} was removed, and is in active");
        }
    }

    /// <param name="isRepaired">Whether thumbnails that a killed process has left alone, or stale, are gone.</param>
    /// <param name="isVerified">Whether <c>verify --repair</c> has run, which remakes what a batch left stale in a moment of its own.</param>
    private void CheckActive(bool isRepaired, bool isVerified)
    {
        foreach ((ImageKey key, StoredContent stored) in ledger.Active.All)
        {
            if (ledger.Set.IsOriginal(key))
            {
                if (ledger.RecordOf(key).MayBeRevived)
                {
                    continue;
                }

                CheckThumbnails(key, stored, isRepaired, isVerified);
            }
            else if (isRepaired && !ledger.Set.OriginalsOf(key).Any(ledger.Active.Has))
            {
                ledger.Violate("I3", $"{key} is in active without its original");
            }
        }
    }

    private void CheckThumbnails(ImageKey original, StoredContent stored, bool isRepaired, bool isVerified)
    {
        CropArea? crop = stored.Properties.Crop;
        foreach (ThumbnailSpec spec in ledger.Set.Specs)
        {
            foreach (ImageFormat format in ledger.Set.ModernFormats.Prepend(original.Format.ThumbnailFormat))
            {
                ImageKey key = original.Thumbnail(spec, format);
                bool mustMatch = isRepaired && (isVerified || format.IsUploaded);
                if (ledger.Active.Find(key) is not { } thumbnail)
                {
                    CheckMissing(original, key);
                }
                else if (mustMatch && thumbnail.Text != Picture.ThumbnailOf(stored.Text, spec.Suffix, format, crop))
                {
                    ledger.Violate("crop", $"{key} shows '{thumbnail.Text}', and {original} is '{stored.Text}', {crop}");
                }
                else if (mustMatch && thumbnail.Properties.Recipe != Recipe.Of(spec, format, crop))
                {
                    ledger.Violate("recipe", $"{key} has the recipe {thumbnail.Properties.Recipe}, and shows '{thumbnail.Text}'");
                }
            }
        }
    }

    private void CheckMissing(ImageKey original, ImageKey thumbnail)
    {
        if (thumbnail.Format.IsUploaded)
        {
            ledger.Violate("I3", $"{thumbnail} is missing in active");
        }
        else if (!ledger.RecordOf(original).MayHaveExpired)
        {
            // A cleaner that found nothing in active just before the publish began takes the original away that would tell of the rest.
            ledger.Violate("modern", $"{thumbnail} is missing in active");
        }
    }
}
