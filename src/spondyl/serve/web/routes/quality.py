"""Quality: see the routes."""

from fastapi import APIRouter

router = APIRouter()
