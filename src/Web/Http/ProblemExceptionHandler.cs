using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Http;

/// <summary>Turns the exceptions of handlers into answers, and logs what an operator should know: only here, once.</summary>
internal sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    // Seconds. A storage recovers slowly, a decoder is soon free.
    private const string RetryStorage = "10";
    private const string RetryBusy = "2";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest; // nobody reads it
            return true;
        }

        context.Response.Headers.CacheControl = "no-store";
        await AnswerTo(exception, context).ExecuteAsync(context);
        return true;
    }

    private ProblemHttpResult AnswerTo(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case InvalidImageException invalid:
                int status = invalid.Code == InvalidImageException.FileTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
                return Problems.Result(status, invalid.Code, invalid.Message, invalid.Limit, invalid.Actual);

            case RefusedRequestException refused:
                if (refused.Status == StatusCodes.Status423Locked)
                {
                    context.Response.Headers.RetryAfter = RetryBusy;
                }

                return Problems.Result(refused.Status, refused.Code, refused.Message, refused.Limit, refused.Actual);

            case ValidationException validation:
                string code = validation.Errors.First().ErrorCode;
                return Problems.Result(400, code, string.Join(" ", validation.Errors.Select(error => error.ErrorMessage)));

            case ImageNotFoundException missing:
                return Problems.Result(404, "unknown_image", $"There is no image {missing.Key}.");

            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                context.Response.Headers.Connection = "close";
                return Problems.Result(408, "too_slow", "The request came too slowly.");

            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.Result(413, "request_too_large", "The request is larger than the limit.");

            case BadHttpRequestException malformed:
                // Only our own messages: those of the server and of libraries may reveal internals.
                return Problems.Result(400, "malformed_request", malformed is MalformedRequestException ? malformed.Message : "The request is malformed or cut off.");

            case BusyException:
                context.Response.Headers.RetryAfter = RetryBusy;
                return Problems.Result(503, "busy", "The service is busy. Try again later.");

            case ShuttingDownException:
            case DecodersException: // the service's start fails with it, which tells the operator why
                return Problems.ShuttingDown(context);

            case StorageException fault:
                logger.LogError(fault, "{Method} {Path} failed at the {Storage} storage", context.Request.Method, context.Request.Path, fault.Storage);
                context.Response.Headers.RetryAfter = RetryStorage;
                return fault.IsFull
                    ? Problems.Result(503, "storage_full", "The storage is full. Try again later.")
                    : Problems.Result(503, "storage_unavailable", "The storage does not work at the moment. Try again later.");

            default:
                logger.LogError(exception, "{Method} {Path} failed, request {RequestId}", context.Request.Method, context.Request.Path, context.TraceIdentifier);
                return Problems.Result(500, "internal", "Something went wrong in the service.", requestId: context.TraceIdentifier);
        }
    }
}

/// <summary>What a client sent is malformed; the message goes back to it.</summary>
internal sealed class MalformedRequestException(string message, Exception? inner = null) : BadHttpRequestException(message, inner ?? new InvalidDataException(message));
